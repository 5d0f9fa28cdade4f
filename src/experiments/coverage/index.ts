export { pooledSlopes, slopesWithout, type Slope, type Slopes } from "./analysis.ts";
export { coverageCsv, coverageReport, coverageTable, summariseCoverage, type CoverageSettings } from "./coverage-report.ts";
export { bootstrapEnding, coverageRunId, coverageRunName, parseCoverageResults, references, type CoverageResult, type CoverageRunName, type Reference } from "./coverage-results.ts";
export { completeByTruth, dataSetCsv, drawDataSet, terms, truth, type DataSet } from "./data-set.ts";
export { imputeDataSet, type Shares } from "./impute-data-set.ts";
