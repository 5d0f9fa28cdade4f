import type { Target } from "./target.ts";
import { commandTargets } from "./targets/commands.ts";
import { imageTargets } from "./targets/images.ts";
import { modelFileTargets } from "./targets/model-files.ts";
import { tableTargets } from "./targets/tables.ts";
import { tapeTargets } from "./targets/tape.ts";

/** All that is tried with inputs at random. */
export const targets: readonly Target[] = [...tableTargets, ...modelFileTargets, ...imageTargets, ...tapeTargets, ...commandTargets];
