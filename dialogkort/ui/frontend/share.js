// @ts-check
import { screen } from "./screen.js";
import { shareApp } from "./share/app.js";

export default screen("share", shareApp);
