// @ts-check
import { workshopApp } from "./workshop/app.js";
import { screen } from "./screen.js";

export default screen("workshop", workshopApp);
