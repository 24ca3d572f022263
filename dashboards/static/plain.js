// What pages without live regions need: the theme switch.
import {startTheme} from "./theme.js";

startTheme();
