// "hhvaem/node": all of "hhvaem", and what needs Node: files, Dawn, pictures, the user's settings.
export * from "./index.ts";

/** Where there is no navigator.gpu, through Dawn (the package webgpu). */
export { openDevice, type DawnOptions } from "./gpu/open-dawn.ts";

// Files: tables and models by path, and a model's report as one page of HTML.
export { load, readTable, save } from "./cli/library.ts";
export { modelReport, type ReportSettings } from "./cli/output/model-report.ts";
/** Pictures: files in and out, masks, coding as tables. */
export * as images from "./cli/images/index.ts";

// What the command line does with them: HHVAEM_TUNING and HHVAEM_PASSES, and a device for the time of some work.
export { optionsFromEnvironment, tuningFromEnvironment, withDevice } from "./cli/device.ts";
export { UsageError } from "./cli/usage-error.ts";
export { version } from "./cli/version.ts";
