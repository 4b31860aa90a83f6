// @ts-check
import { prepareApp } from "./prepare/app.js";
import { screen } from "./screen.js";

export default screen("prepare", prepareApp);
