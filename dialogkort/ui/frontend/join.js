// @ts-check
import { joinApp } from "./join/app.js";
import { screen } from "./screen.js";

export default screen("join", joinApp);
