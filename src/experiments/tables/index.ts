export { baselines, scoreBaseline, type Baseline } from "./baselines.ts";
export { isMethod, methodParts, methodTraining } from "./methods.ts";
export { paperSettings, settingsProblem, tableConfig, tableSchedule, type TableSettings } from "./settings.ts";
export { compareWith, measures, summariseTables } from "./summary.ts";
export { parseTableResults, runId, runName, type PointScores, type TableResult, type TableRunName } from "./table-results.ts";
export { comparisonText, runsCsv, tablesCsv, tablesFigure, tablesReport, type TablesExperiment, type TablesSettings } from "./tables-report.ts";
export { variantConfig, variantsProblems, type Variant, type Variants } from "./variants.ts";
