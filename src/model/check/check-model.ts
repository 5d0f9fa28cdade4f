import { decodeValue, featureColumns, isContinuous, selectRows, targetColumns, type Column, type Table } from "../../data/index.ts";
import type { FileSet, Model } from "../api.ts";
import { sheets, type Sheet } from "./exam.ts";
import type { CheckedChains, CheckedColumn, ModelCheck } from "./model-check.ts";
import { Neighbours } from "./neighbours.ts";

/** Rows whose chains are followed, how many chains, and how often they run through their transitions again. */
const [chainRows, chains, sweeps] = [2, 8, 10];
/** R-hat above which chains are taken as not in order. */
const mixed = 1.1;
/** Of a mixture: chains are followed where they have at least this share of the answers. */
const leastShare = 0.2;
/** Points of a curve that are kept. */
const mostPoints = 60;

export interface CheckOptions {
  /** Posterior draws behind each answer. */
  draws?: number;
  seed: number;
  /** Seconds and errors that the training measured, and whether it was stopped by hand. */
  curve?: readonly [number, number][];
  stopped?: boolean;
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** Asks a model for cells of rows that its training has not seen, all of which are known, and compares. Throws DeviceError, NonFiniteError, the signal's reason. */
export async function checkModel(model: Model, { training, exam }: { training: Table; exam: Table }, options: CheckOptions): Promise<ModelCheck> {
  const { draws = 100, seed, curve = [], stopped = false, onProgress, signal } = options;
  const columns = [...featureColumns(model.schema), ...targetColumns(model.schema)];
  const neighbours = new Neighbours(training, columns);
  const usual = columns.map((_, j) => neighbours.usual(j));
  const sums = columns.map((column) => new Errors(column));
  const asked = sheets(exam, seed);
  const rows = asked.reduce((total, { shown }) => total + shown.rows, 0);
  const withChains = answersByChains(model);
  const answers = withChains ? 0.6 : 1;
  let before = 0;
  for (const sheet of asked) {
    const { shown, targets } = sheet;
    const told = (done: number): void => onProgress?.((answers * (before + done)) / rows);
    const { cells, cellDraws } = await model.impute(shown, { draws, cellDraws: draws, seed, targets, onProgress: told, signal });
    before += shown.rows;
    const guesses = new Map<number, (number | undefined)[]>();
    cells.forEach((cell, i) => {
      const truth = truthOf(exam, sheet, cell);
      if (truth === undefined) return;
      if (!guesses.has(cell.row)) guesses.set(cell.row, neighbours.guess(rowOf(shown, cell.row), Array.from(columns.keys())));
      const near = guesses.get(cell.row)![cell.column];
      sums[cell.column].add(truth, cell, cellDraws.map((list) => list[i]), { usual: usual[cell.column], near });
    });
  }
  const followed = withChains ? await followChains(model, asked[0].shown, options, (share) => onProgress?.(answers + (1 - answers) * share)) : undefined;
  return {
    rows: exam.rows,
    of: exam.rows + training.rows,
    draws,
    columns: sums.flatMap((own, j) => own.result(j < exam.features ? "feature" : "target")),
    ...(followed && { chains: followed }),
    ...(curve.length > 1 && { curve: thinned(curve) }),
    ...(stopped && { stopped }),
  };
}

/** A model's files with what a check has shown. */
export function withCheck(files: FileSet, check: ModelCheck): FileSet {
  const head = JSON.parse(new TextDecoder().decode(files.get("config.json"))) as object;
  return new Map([...files, ["config.json", new TextEncoder().encode(`${JSON.stringify({ ...head, check }, null, 2)}\n`)]]);
}

function answersByChains({ config, chosen }: Model): boolean {
  if (config.inference !== "hmc") return false;
  return chosen === undefined || 1 - chosen.weight - (chosen.gaussians?.weight ?? 0) >= leastShare;
}

/** The coded truth of a cell that was hidden; undefined of one that nobody knows, or that is not asked for. */
function truthOf(exam: Table, { of, targets }: Sheet, { row, column }: { row: number; column: number }): number | undefined {
  const d = exam.features;
  if (targets !== column >= d) return undefined;
  const [values, observed, at] = targets ? [exam.y, exam.observedY, of[row] * exam.targets + column - d] : [exam.x, exam.observedX, of[row] * d + column];
  return observed[at] === 1 ? values[at] : undefined;
}

function rowOf({ x, observedX, features: d }: Table, row: number): { values: Float32Array; observed: Float32Array } {
  return { values: x.subarray(row * d, (row + 1) * d), observed: observedX.subarray(row * d, (row + 1) * d) };
}

/** Sums over the checked cells of a column. */
class Errors {
  private cells = 0;
  private error = 0;
  private usual = 0;
  private near = 0;
  private half = 0;
  private ninety = 0;
  private sure = 0;

  constructor(private readonly column: Column) {}

  /** truth: coded. cell: the model's answer in units or levels, draws: of the cell; usual, near: simpler guesses, coded. */
  add(truth: number, { value, probabilities }: { value: number; probabilities?: number[] }, draws: number[], { usual = 0, near = usual }: { usual?: number; near?: number }): void {
    const { column } = this;
    this.cells++;
    if (!isContinuous(column.type)) {
      this.error += Number(value !== truth);
      this.usual += Number(usual !== truth);
      this.near += Number(near !== truth);
      this.sure += Math.max(...probabilities!);
      return;
    }
    const units = decodeValue(column, truth);
    const away = (guess: number): number => Math.abs(guess - units);
    this.error += away(value);
    this.usual += away(decodeValue(column, usual));
    this.near += away(decodeValue(column, near));
    const below = draws.reduce((total, draw) => total + (draw < units ? 1 : draw === units ? 0.5 : 0), 0) / draws.length;
    this.half += Number(Math.abs(below - 0.5) <= 0.25);
    this.ninety += Number(Math.abs(below - 0.5) <= 0.45);
  }

  result(role: CheckedColumn["role"]): CheckedColumn[] {
    const { cells, column } = this;
    if (cells === 0) return [];
    const numbers = isContinuous(column.type);
    const head = { column: column.name, role, kind: numbers ? "number" : "levels", cells, error: this.error / cells, usual: this.usual / cells, neighbours: this.near / cells } as const;
    return [{ ...head, ...(numbers ? { half: this.half / cells, ninety: this.ninety / cells } : { sure: this.sure / cells }) }];
  }
}

/** Follows the chains of a few rows. */
async function followChains(model: Model, shown: Table, { seed, signal }: CheckOptions, told: (share: number) => void): Promise<CheckedChains | undefined> {
  let found: CheckedChains | undefined;
  for (let row = 0; row < Math.min(chainRows, shown.rows); row++) {
    const { hmc } = await model.latentPaths(selectRows(shown, [row]), 0, { chains, sweeps, seed, signal, onProgress: (done, all) => told((row + done / all) / chainRows) });
    if (!hmc) return undefined;
    const rHat = Math.max(...hmc.summaries.map((one) => one.rHat));
    const effective = Math.min(...hmc.summaries.map((one) => one.essBulk));
    // chains that stand still have neither
    const worst = { rHat: Number.isFinite(rHat) ? rHat : 99, effective: Number.isFinite(effective) ? effective : 0 };
    found = { rows: row + 1, apart: (found?.apart ?? 0) + Number(worst.rHat > mixed), rHat: Math.max(found?.rHat ?? 0, worst.rHat), effective: Math.min(found?.effective ?? Infinity, worst.effective), draws: chains * hmc.drawsPerChain };
  }
  return found;
}

/** Some points of a curve, the last among them. */
function thinned(curve: readonly [number, number][]): [number, number][] {
  const step = Math.max(1, Math.ceil(curve.length / mostPoints));
  return curve.filter((_, i) => (curve.length - 1 - i) % step === 0).map(([seconds, error]) => [Number(seconds.toFixed(1)), Number(error.toPrecision(5))]);
}
