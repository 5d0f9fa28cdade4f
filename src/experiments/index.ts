export { saia, type SaiaOptions } from "./saia.ts";
export { scoredTargets } from "./acquire-rows.ts";
export { areaCsv, areaTable, curveCsv, saiaFigure, saiaReport, type SaiaExperiment } from "./saia-report.ts";
export { parseOthers, type OtherFigure } from "./saia-compare.ts";
export { ResultsError } from "./result-lines.ts";
export { parseResults, resultName, type SaiaResult } from "./saia-results.ts";
export { methodNames, summariseResults, type SaiaSettings } from "./saia-summary.ts";
export { SamplerTuning, type SamplerTuningOptions, type Tuned, type TuningReport } from "./sampler-tuning.ts";
export * from "./tables/index.ts";
