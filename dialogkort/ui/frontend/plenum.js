// @ts-check
import { plenumApp } from "./plenum/app.js";
import { screen } from "./screen.js";

export default screen("plenum", plenumApp);
