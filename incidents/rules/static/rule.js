// One rule: its trial on history can be run and kept.

import { trial } from "./trial.js";

trial();
