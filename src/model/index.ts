export type * from "./api.ts";
export { modelParts } from "./api.ts";
export type * from "./conditional.ts";
export { defaultSchedule, hmcGradients, presets, presetSchedule, type HmcConfig, type HmcGradient, type Inference, type ModelConfig, type Schedule } from "./config.ts";
export { fit, loadModel } from "./model.ts";
export { modelSuffix, packModel, unpackModel } from "./model-file.ts";
export { samplers, type Sampler } from "./importance.ts";
export type { LatentChains, LatentPaths, LatentPathsOptions } from "./latent-paths.ts";
