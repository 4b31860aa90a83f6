// @ts-check
import { overviewApp } from "./overview/app.js";
import { screen } from "./screen.js";

export default screen("overview", overviewApp);
