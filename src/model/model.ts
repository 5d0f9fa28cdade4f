import { featureColumns, hasHole, selectRows, targetColumns, withQuantiles, withUsualLevels, type Schema, type Table } from "../data/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { checkAllFinite, checkCell, checkFinite, placeOf } from "../math/finite.ts";
import { DeviceError } from "../gpu/errors.ts";
import { foldIn, keyFromSeed } from "../math/key.ts";
import type { CellSummary, Evaluation, FileSet, FitOptions, Imputation, ImputeOptions, Model, Prediction, TablePlace, TrainingTime } from "./api.ts";
import type { ModelCheck } from "./check/model-check.ts";
import { modelShape } from "./config/columns.ts";
import type { ModelShape } from "./config/spec.ts";
import type { ConditionalSampler } from "./answers/conditional.ts";
import { estimatorOf, needsQuantiles } from "./config/config.ts";
import { firstNetworkAlone } from "./config/plan.ts";
import { sharesSeen, type CalibratedRows, type Calibration, type Calibrator } from "./calibration/calibration.ts";
import { CellsQuestion, type AskedCell } from "./answers/cells-question.ts";
import type { ColumnSet } from "./answers/column-set.ts";
import { Metrics } from "./answers/evaluate.ts";
import { FillingsOf, type Fillings } from "./answers/fillings.ts";
import { jointCompletions, type CompletionRequest } from "./answers/joint-completions.ts";
import type { LatentPaths, LatentPathsOptions } from "./latent/posterior/latent-paths.ts";
import { moveModel, readModel, writeModel, type LoadedParts } from "./files/model-files.ts";
import { drawsInUnits } from "./answers/number-law.ts";
import { shareTrainedOn, trainedRows } from "./files/trained-rows.ts";
import { ScoresQuestion } from "./answers/scores-question.ts";
import type { PosteriorRows, SamplingInfo } from "./posterior/entry-draws.ts";
import { ModelPosterior } from "./model-posterior.ts";
import type { Chosen } from "./posterior/shares.ts";
import { DrawnLevels } from "./shifts/drawn-levels.ts";
import { cellDrawsNeeded, checkShifts, levelsToCount, shiftImputation } from "./shifts/shift-imputation.ts";
import { answered, type Question } from "./summaries/answered.ts";
import { train } from "./training/trainer.ts";

/** Tags of the keys derived from the seed of a question. */
const keys = { posterior: 3, cells: 4, completions: 5 } as const;

/** A table that is no part of a larger one. */
const start: TablePlace = { row: 0, incomplete: 0 };

const defaults = { draws: 200, interval: 0.9, seed: 0 } as const;

/** Trains a model on a coded table. Throws NonFiniteError, DeviceError, RangeError (configuration), or the signal's reason. */
export async function fit(gpu: Gpu, table: Table, schema: Schema, options: FitOptions): Promise<Model> {
  if (table.rows < 1) throw new RangeError("[fit] the table has no rows; expected at least one to train on.");
  const described = withUsualLevels(needsQuantiles(options.config) ? withQuantiles(schema, table) : schema, table);
  const wanted = modelShape(options.config, described);
  const training = gpu.scope();
  const own = gpu.scope();
  try {
    return new TrainedModel(await moveModel(own, await trainedParts(training, table, described, wanted, options)), own);
  } catch (cause) {
    own.free();
    throw cause;
  } finally {
    training.free();
  }
}

/** What a training gives, on the device among all else that it has made. */
async function trainedParts(gpu: Gpu, table: Table, schema: Schema, wanted: ModelShape, options: FitOptions): Promise<LoadedParts> {
  const { chosen, time, ...trained } = await train(gpu, wanted, [...featureColumns(schema), ...targetColumns(schema)], table, options);
  // where time was short the further networks were left out
  const alone = trained.completion !== undefined && trained.completion.members.length < (options.config.completion?.members ?? 1);
  const config = alone ? firstNetworkAlone(options.config) : options.config;
  const head = { config, schedule: options.schedule, seed: options.seed, ...(chosen && { chosen }), ...(time && { time }), trained: trainedRows(table) };
  return { head, schema, shape: alone ? modelShape(config, schema) : wanted, ...trained };
}

/** Reads a model from its files. Throws ModelFileError, SchemaError. */
export async function loadModel(gpu: Gpu, files: FileSet): Promise<Model> {
  const own = gpu.scope();
  try {
    return new TrainedModel(readModel(own, files), own);
  } catch (cause) {
    own.free();
    throw cause;
  }
}

class TrainedModel implements Model {
  private readonly features: ColumnSet;
  private readonly targets: ColumnSet;
  private readonly opened: ModelPosterior;
  private destroyed = false;

  /** gpu: the scope that holds all of it. */
  constructor(private readonly parts: LoadedParts, private readonly gpu: Gpu) {
    const { features, targets } = columnSets(parts.schema, parts.shape);
    [this.features, this.targets] = [features, targets];
    this.opened = new ModelPosterior({ ...parts, chosen: parts.head.chosen }, { features: this.features, targets: this.targets }, estimatorOf(parts.head.config));
  }

  get config() {
    return this.parts.head.config;
  }

  get schema(): Schema {
    return this.parts.schema;
  }

  get time(): TrainingTime | undefined {
    return this.parts.head.time;
  }

  get chosen(): Chosen | undefined {
    return this.parts.head.chosen;
  }

  get calibration(): Calibration | undefined {
    return this.chosen?.calibration;
  }

  get check(): ModelCheck | undefined {
    return this.parts.head.check;
  }

  rowsTogether(draws: number): number {
    return this.posterior.rowsTogether(draws);
  }

  async impute(table: Table, options: ImputeOptions = {}): Promise<Imputation> {
    const { shifts = [], draws = defaults.draws, seed = defaults.seed, cellDraws = 0, from = start, targets } = options;
    if (shifts.length === 0) return this.imputeAtRandom(table, options);
    checkShifts(this.schema, shifts, targets);
    const columns = [...this.features.columns, ...this.targets.columns];
    const levels = new DrawnLevels(levelsToCount(columns, shifts), this.features.columns.length);
    const found = await this.imputeAtRandom(table, { ...options, cellDraws: cellDrawsNeeded(columns, shifts, cellDraws, draws) }, levels);
    return shiftImputation(found, columns, shifts, { interval: intervalOf(options), seed, firstRow: from.row, cellDraws });
  }

  /** What is missing as the model has it: missing at random given what is seen. */
  private async imputeAtRandom(table: Table, options: ImputeOptions, levels?: DrawnLevels): Promise<Imputation> {
    const { completions = 0, cellDraws: kept = 0, from = start, seed = defaults.seed } = options;
    const givenTargets = this.targets.columns.length > 0 && !options.hideTargets;
    const joint = completions > 0 && options.sampler === undefined && estimatorOf(this.config) === "told";
    const cells: CellSummary[] = [];
    const lists = (count: number): number[][] => Array.from({ length: count }, () => []);
    const [draws, own] = [lists(completions), lists(kept)];
    const parts = options.targets ? [this.imputedFeatures(table), this.imputedTargets(table)] : [this.imputedFeatures(table)];
    const withHoles = Array.from({ length: table.rows }, (_, row) => row).filter((row) => hasHole(table, row, options.targets));
    if (withHoles.length === 0) return { cells, completed: draws.map(() => new Float64Array(0)), cellDraws: own.map(() => new Float64Array(0)), acceptance: Number.NaN, divergences: 0 };
    const incomplete = selectRows(table, withHoles);
    const rowOf: number[] = [];
    const key = foldIn(keyFromSeed(seed), keys.cells);
    const holes = (row: number): AskedCell[] => parts.flatMap((part) => holesOf(part, withHoles[row]).map((j) => ({ of: part.part, row, j, key: foldIn(foldIn(key, from.row + withHoles[row]), part.first + j) })));
    // ranks among a few draws say nothing of where they lie among all
    const calibrated = this.calibrated(incomplete.observedX, incomplete.rows, options);
    const enough = kept > 0 && calibrated ? Math.max(kept, Math.min(options.draws ?? defaults.draws, 100)) : kept;
    const question = new CellsQuestion(this.columns, holes, { interval: intervalOf(options), completions: joint ? 0 : completions, kept: enough }, calibrated);
    const info = await this.ask(question, incomplete, { observed: incomplete.observedX, givenTargets }, options, (answer) => {
      for (const { of, row, j, summary, completions: some, kept: few } of answer) {
        checkCell("impute", { row: withHoles[row], ...summary });
        for (const draws of [some, few]) checkAllFinite(draws, placeOf("impute", withHoles[row], summary.name), "draw");
        cells.push({ row: withHoles[row], column: (of === "features" ? 0 : this.features.columns.length) + j, ...summary });
        rowOf.push(row);
        if (!joint) draws.forEach((list, c) => list.push(some[c]));
        own.forEach((list, c) => list.push(few[Math.floor((c * enough) / kept)]));
      }
    }, from.incomplete);
    const answer = { cells, cellDraws: own.map((list) => Float64Array.from(list)), ...info };
    if (!joint) return { ...answer, completed: draws.map((list) => Float64Array.from(list)) };
    const together = this.rowsTogether(options.draws ?? defaults.draws);
    const request = { table: incomplete, before: from.incomplete, together, completions, givenTargets, key: foldIn(keyFromSeed(seed), keys.completions), signal: options.signal, ...this.completionMaps(options), ...(levels && { visit: levels.add.bind(levels) }) };
    const { x, y } = await jointCompletions((sizes) => this.posterior.openCompletions(sizes, options.part), request);
    const [d, p] = [this.features.columns.length, this.targets.columns.length];
    const inUnits = [...this.features.columns, ...this.targets.columns].map(drawsInUnits);
    const valueOf = ({ row, column, name }: CellSummary, at: number): number => {
      const value = inUnits[column](column < d ? x[at * d + column] : y[at * p + column - d]);
      checkFinite(value, placeOf("impute", row, name), "draw");
      return value;
    };
    const levelCounts = levels && cells.map(({ column }, i) => levels.of(rowOf[i], column));
    return { ...answer, completed: draws.map((_, c) => Float64Array.from(cells, (cell, i) => valueOf(cell, rowOf[i] * completions + c))), ...(levelCounts && { levelCounts }) };
  }

  async predict(table: Table, options: ImputeOptions = {}): Promise<Prediction> {
    const d = this.features.columns.length;
    const p = this.targets.columns.length;
    if (p === 0) throw new RangeError("[predict] the model has no target; train a model with one.");
    const { from = start, seed = defaults.seed } = options;
    const cells: CellSummary[] = [];
    const key = foldIn(keyFromSeed(seed), keys.cells);
    const targets = (row: number): AskedCell[] => Array.from({ length: p }, (_, j) => ({ of: "targets", row, j, key: foldIn(foldIn(key, from.row + row), d + j) }));
    const question = new CellsQuestion(this.columns, targets, { interval: intervalOf(options), completions: 0, kept: 0 }, this.calibrated(table.observedX, table.rows, options));
    const info = await this.ask(question, table, { observed: table.observedX }, options, (answer) => {
      for (const { row, j, summary } of answer) {
        checkCell("predict", { row, ...summary });
        cells.push({ row, column: d + j, ...summary });
      }
    }, from.row);
    return { cells, ...info };
  }

  async evaluate(table: Table, shown: ArrayLike<number>, options: ImputeOptions = {}): Promise<Evaluation> {
    const draws = options.draws ?? 1000;
    const observed = Float32Array.from(table.observedX, (seen: number, i: number) => seen * Number(shown[i] === 1));
    const metrics = new Metrics(this.features, this.targets);
    const question = new ScoresQuestion(table, observed, this.columns, { draws, calibrated: this.calibrated(observed, table.rows, options) });
    const { effective } = await this.ask(question, table, { observed }, { ...options, draws }, (scores) => metrics.add(table, observed, scores));
    const { trained } = this.parts.head;
    const share = trained && shareTrainedOn(trained, table);
    const { columns, ...scores } = metrics.result(table.rows, draws);
    return { ...scores, ...(!this.schema.image && { columns }), ...(effective !== undefined && { effective }), ...(share !== undefined && { trained_on: share }) };
  }

  async fillings(table: Table, options: ImputeOptions & { keep: number }): Promise<Fillings & SamplingInfo> {
    const fillings = new FillingsOf(table, Math.min(options.keep, options.draws ?? defaults.draws));
    const info = await this.ask({ fromDraws: (sample) => fillings.add(sample) }, table, { observed: table.observedX }, options, () => undefined);
    const { kept, perDraw, mean, deviation } = fillings;
    for (const [what, values] of Object.entries({ filling: perDraw, mean, deviation })) checkAllFinite(values, "[fillings]", what);
    return { kept, perDraw, mean, deviation, ...info };
  }

  async latentPaths(table: Table, row: number, options: LatentPathsOptions = {}): Promise<LatentPaths> {
    if (!Number.isInteger(row) || row < 0 || row >= table.rows) throw new RangeError(`[latentPaths] expected a row from 0 to ${table.rows - 1}, got ${row}.`);
    const { x, observedX: observed } = selectRows(table, [row]);
    // the keys of `ask` for a table of this row alone
    const key = foldIn(foldIn(keyFromSeed(options.seed ?? defaults.seed), keys.posterior), 0);
    const paths = await this.posterior.latentPaths({ x, observed }, key, options);
    for (const [what, values] of Object.entries({ "encoder's mean": paths.encoder.mean, "encoder's deviation": paths.encoder.standardDeviation, start: paths.start })) checkAllFinite(values, `[latentPaths] row ${row}`, what);
    return paths;
  }

  conditional(): ConditionalSampler {
    return this.posterior;
  }

  files(): Promise<FileSet> {
    this.checkThere();
    return writeModel(this.parts);
  }

  destroy(): void {
    this.destroyed = true;
    this.gpu.free();
  }

  private get posterior(): ModelPosterior {
    this.checkThere();
    return this.opened;
  }

  private checkThere(): void {
    if (this.destroyed) throw new DeviceError("[model] it was destroyed; load it again from its files.");
  }

  private imputedFeatures(table: Table): ImputedPart {
    return { columns: this.features, observed: table.observedX, kept: table.keptX, part: "features", first: 0 };
  }

  private imputedTargets(table: Table): ImputedPart {
    return { columns: this.targets, observed: table.observedY, kept: table.keptY, part: "targets", first: this.features.columns.length };
  }

  /** Nothing is mapped where one part is asked alone, or drawn for otherwise than was measured. */
  private calibratorFor({ part, sampler, calibrated = true }: ImputeOptions): Calibrator | undefined {
    return part === undefined && sampler === undefined && calibrated ? this.posterior.calibrator : undefined;
  }

  private completionMaps(options: ImputeOptions): Pick<CompletionRequest, "maps"> {
    const { completionCalibrator: calibrator } = this.posterior;
    return this.calibratorFor(options) && calibrator ? { maps: { calibrator, features: this.features.mixed, targets: this.targets.mixed } } : {};
  }

  private calibrated(observed: Float32Array, rows: number, options: ImputeOptions): CalibratedRows | undefined {
    const calibrator = this.calibratorFor(options);
    return calibrator && { calibrator, shares: sharesSeen(observed, rows, this.features.columns.length) };
  }

  private get columns(): { features: ColumnSet; targets: ColumnSet } {
    return { features: this.features, targets: this.targets };
  }

  /** The answers to a question about all rows, y hidden unless it is given, handed to `visit` a few rows at a time. */
  private async ask<A>(
    question: Question<A>,
    table: Table,
    { observed, givenTargets = false }: { observed: PosteriorRows["observed"]; givenTargets?: boolean },
    options: ImputeOptions,
    visit: (answer: A) => void,
    before = 0,
  ): Promise<SamplingInfo> {
    const { draws = defaults.draws, seed = defaults.seed, sampler, part, sums, signal } = options;
    if (!(Number.isInteger(draws) && draws >= 1)) throw new RangeError(`[draws] expected a whole number of at least 1, got ${draws}.`);
    const posterior = await this.posterior.openEntries({ rows: before > 0 ? Infinity : table.rows, draws, sampler, part, givenTargets });
    let divergences = 0;
    let accepted = 0;
    let effective: number | undefined;
    try {
      const rows: PosteriorRows = { rows: table.rows, before, x: table.x, observed, truthX: table.x, truthY: table.y, ...(givenTargets && { y: table.y, observedY: table.observedY }) };
      const key = foldIn(keyFromSeed(seed), keys.posterior);
      for await (const own of answered(question, { gpu: this.posterior.gpu, posterior, columns: this.columns, table: rows, key, place: sums, signal })) {
        visit(own.answer);
        divergences += own.divergences;
        accepted += own.acceptance * own.rows;
        if (own.effective !== undefined) effective = (effective ?? 0) + (own.effective * own.rows) / table.rows;
        options.onProgress?.(own.firstRow + own.rows, table.rows);
      }
    } finally {
      posterior.destroy();
    }
    return { acceptance: accepted / table.rows, divergences, ...(effective !== undefined && { effective }) };
  }
}

function columnSets(schema: Schema, { features, targets }: ModelShape): { features: ColumnSet; targets: ColumnSet } {
  return { features: { columns: featureColumns(schema), mixed: features }, targets: { columns: targetColumns(schema), mixed: targets } };
}

/** The mass of central intervals. Throws RangeError for one that is none. */
function intervalOf({ interval = defaults.interval }: ImputeOptions): number {
  if (!(interval > 0 && interval < 1)) throw new RangeError(`[interval] expected a number between 0 and 1, such as 0.9, got ${interval}.`);
  return interval;
}

/** The columns of a row that are to be filled. */
function holesOf({ columns: { columns }, observed, kept }: ImputedPart, row: number): number[] {
  const count = columns.length;
  return Array.from(columns.keys()).filter((j) => observed[row * count + j] !== 1 && kept?.[row * count + j] !== 1);
}

/** Columns whose holes are filled: `first` is what their indices begin with. */
interface ImputedPart {
  columns: ColumnSet;
  observed: Float32Array;
  /** 1 for holes that stay. */
  kept: Uint8Array | undefined;
  part: "features" | "targets";
  first: number;
}
