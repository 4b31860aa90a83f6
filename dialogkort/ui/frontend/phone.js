// @ts-check
import { phoneApp } from "./phone/app.js";
import { screen } from "./screen.js";

export default screen("phone", phoneApp);
