// "hhvaem": the library that runs in browsers, Deno, Bun and Node, without files. What most programs need stands here by name; the rest in a namespace for each subject.

// Models: train one on a table; as bytes they are saved and loaded: loadModel(gpu, unpackModel(bytes)), packModel(await model.files()).
export { fit, type LibraryFitOptions } from "./library/fit.ts";
export { loadModel, packModel, unpackModel, type FileSet } from "./model/index.ts";
/** Presets by name, and the steps that a training takes unless told otherwise. */
export { defaultSchedule, presets, type ModelConfig, type Schedule } from "./model/index.ts";
/** What a model answers: `impute`, `predict`, `evaluate`. */
export type { CellSummary, ColumnScores, Evaluation, Imputation, Model, Prediction, Progress, Shift, ShiftedColumn } from "./model/index.ts";

// Tables: read one from text or bytes (CSV, Excel, Parquet, Arrow, JSON), say what its columns are, code it for a model, and write it with its holes filled.
export { encode } from "./library/ask.ts";
export { codeTable, decodeValue, formatValue, inferSchema, parseTable, readTableBytes, writeParquet, writeTable, type Column, type RawTable, type Schema, type Table } from "./data/index.ts";

// Which value to measure next: for every row of a table, or for one row in a loop that takes the answers.
export { acquire, acquisitionLoop } from "./library/ask.ts";
export type { AcquisitionLoop, AcquisitionOptions, AcquisitionState, Candidate, Ranking } from "./acquisition/index.ts";

// Multiple imputation: one answer from analyses of completed tables, by Rubin's rules.
export { pool, type Estimate, type Pooled, type PoolOptions } from "./math/pooling.ts";

// The device that all of it computes on, and how kernels are chosen by measuring.
export { openDevice, type GpuProvider, type OpenDeviceOptions } from "./gpu/open-device.ts";
export type { Gpu } from "./gpu/device.ts";
export type { TuningOptions, TuningStore } from "./gpu/tuning.ts";

// Hamiltonian Monte Carlo for any log-density that is recorded on the tape.
export { hmc, HmcResult, type HmcOptions } from "./sampler/index.ts";

// Errors that a program can act on.
export { SchemaError, TableError } from "./data/index.ts";
export { DeviceError, KernelCompileError } from "./gpu/errors.ts";
export { NonFiniteError } from "./math/non-finite-error.ts";
export { ModelFileError } from "./nn/model-file-error.ts";

/** What acquisition is made of: costs, rewards, the loop over any sampler. */
export * as acquisition from "./acquisition/index.ts";
/** Tensors on a tape: operations, gradients, compilation. */
export * as autodiff from "./autodiff/index.ts";
/** How well chains have mixed: R-hat, effective sample sizes, standard errors (Vehtari et al. 2021). */
export * as diagnostics from "./math/diagnostics.ts";
/** Pictures: masks, coding as tables. */
export * as images from "./library/images.ts";
/** Random numbers by key, the same here and on the device. */
export * as random from "./math/key.ts";
/** The parts of the sampler: kernels, chains, adaptation, targets with known answers. */
export * as sampler from "./sampler/index.ts";
