// @ts-check
import { paperApp } from "./paper_session/app.js";
import { screen } from "./screen.js";

export default screen("paper_session", paperApp);
