/** What a model makes of cells of one column that its training has not seen, beside what simpler guesses make of them. */
export interface CheckedColumn {
  column: string;
  role: "feature" | "target";
  kind: "number" | "levels";
  cells: number;
  /** Mean distance of guesses from the truth, in units, or share of wrong levels: of the model, of the column's middle or most frequent level, of the ten nearest training rows. */
  error: number;
  usual: number;
  neighbours: number;
  /** Numbers: share of truths within central intervals of 50 and 90 %. */
  half?: number;
  ninety?: number;
  /** Levels: the mean probability that the model gave its guess. */
  sure?: number;
}

/** Chains of some rows held back, begun where answers begin and followed further. */
export interface CheckedChains {
  rows: number;
  /** Of them with an R-hat above 1.1 of some latent. */
  apart: number;
  /** Worst of all latents of these rows: R-hat, and how many independent draws the chains' draws are worth. */
  rHat: number;
  effective: number;
  draws: number;
}

/** How a model does on rows that its training has not seen. */
export interface ModelCheck {
  /** Rows held back, of all rows. */
  rows: number;
  of: number;
  /** Posterior draws behind each answer. */
  draws: number;
  columns: CheckedColumn[];
  /** Of models that answer by chains. */
  chains?: CheckedChains;
  /** Seconds of training and the error on the rows that its stages look at meanwhile; absent where no stage does. */
  curve?: [number, number][];
  /** Whether the training was stopped by hand before its end. */
  stopped?: boolean;
}

/** What is wrong with a check in a model's file. */
export function checkProblem(given: unknown): string | undefined {
  const object = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
  const counts = (...values: unknown[]): boolean => values.every((value) => typeof value === "number" && Number.isFinite(value) && value >= 0);
  const optional = (...values: unknown[]): boolean => values.every((value) => value === undefined || counts(value));
  if (!object(given) || !counts(given.rows, given.of, given.draws)) return "check to have the numbers rows, of and draws";
  const column = (own: unknown): boolean => object(own) && typeof own.column === "string" && ["feature", "target"].includes(own.role as string) && ["number", "levels"].includes(own.kind as string) && counts(own.cells, own.error, own.usual, own.neighbours) && optional(own.half, own.ninety, own.sure);
  if (!Array.isArray(given.columns) || !given.columns.every(column)) return "check.columns to have names, cells and errors";
  const { chains, curve, stopped } = given;
  if (chains !== undefined && !(object(chains) && counts(chains.rows, chains.apart, chains.rHat, chains.effective, chains.draws))) return "check.chains to have rows, apart, rHat, effective and draws";
  if (curve !== undefined && !(Array.isArray(curve) && curve.every((point) => Array.isArray(point) && point.length === 2 && counts(...(point as unknown[]))))) return "check.curve to be pairs of seconds and errors";
  if (stopped !== undefined && typeof stopped !== "boolean") return "check.stopped to be true or false";
  return undefined;
}
