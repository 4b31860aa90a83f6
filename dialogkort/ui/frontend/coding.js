// @ts-check
import { codingApp } from "./coding/app.js";
import { screen } from "./screen.js";

export default screen("coding", codingApp);
