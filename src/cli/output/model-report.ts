import { codeTable, decodeValue, featureColumns, formatValue, fromScale, hasHole, isContinuous, isOnLogScale, isOrdered, selectRows, type Column, type RawTable, type Table } from "../../data/index.ts";
import { foldIn, keyFromSeed, permutation, uniform } from "../../math/key.ts";
import { pointOf, verdictOf, type Calibration, type FileSet, type Model, type Progress } from "../../model/index.ts";
import { assumption, calibration, decisionsTable, distributions, heldBackColumns, htmlPage, htmlTable, missingMap, placeAmong, trainingCurves, widening, type Distribution, type HeldBackColumn, type Section } from "../../report/index.ts";

export interface ReportSettings {
  /** Posterior draws per row. */
  draws: number;
  seed: number;
  /** Rows that are filled and tested at most. */
  rows: number;
  /** Rows to test and what of them may be seen, by a splits file; else a fifth of the observed cells is hidden at random. */
  split?: { rows: readonly number[]; shown: ArrayLike<number> };
  /** What the report is of, for its title. */
  name: string;
  command: string;
  adapter: string;
  onProgress?(done: number, rows: number): void;
}

/** A report on a model and a table, as one page of HTML. */
export async function modelReport(model: Model, files: FileSet, table: RawTable, settings: ReportSettings): Promise<string> {
  const { columns } = model.schema;
  const features = featureColumns(model.schema);
  const all = codeTable(table, model.schema, { source: settings.name });
  const shownColumns = columns.filter(({ role }) => role !== "ignore");
  const at = shownColumns.map(({ name }) => table.columns.indexOf(name));
  const isMissing = (row: number, j: number): boolean => at[j] < 0 || table.isMissing(row, at[j], shownColumns[j]);
  const shares = shownColumns.map((_, j) => Array.from({ length: table.rows }, (_, row) => Number(isMissing(row, j))).reduce((a, b) => a + b, 0) / table.rows);
  const filled = await fill(model, all, features, settings);
  const tested = await hide(model, table, all, features, settings);
  const log = new TextDecoder().decode(files.get("log.jsonl") ?? new Uint8Array(0)).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Progress);
  const hidden = settings.split ? "the cells that the splits file hides of its test rows" : `a fifth of the observed cells of ${tested.rows} rows, hidden at random; if the model was trained on these rows, it has seen them before`;
  const verdict = verdictOf(model.check);
  const sections: Section[] = [
    ...(model.check ? [{ title: `Is the model good? ${verdict.title}`, lead: verdict.text, content: htmlTable(["", ""], verdict.findings.map(({ level, text }) => [level === "good" ? "in order" : level === "fair" ? "with care" : "not in order", text])) }] : []),
    { title: "The table", lead: `${table.rows} rows. Types and statistics come from the training rows; of positive columns, whose logarithm is modelled, the middle and the factor of one deviation.`, content: decisionsTable(model.schema, table, described) },
    { title: "What is missing", lead: `${table.rows > 160 ? "Each line stands for several rows; the darker, the more of them lack the cell." : "A line per row."} Lines that are dark across many columns are rows of which little is known; columns that are dark together are missing together.`, content: shares.every((share) => share === 0) ? "<p>Nothing.</p>" : `<div class="scroll">${missingMap(shownColumns.map(({ name }) => name), table.rows, isMissing)}</div>` },
    { title: "Observed and imputed values", lead: "Imputed values are draws, so that their spread is that of the unknown. They may well differ from the observed ones where cells are not missing at random.", content: filled.length > 0 ? await distributions(filled) : "<p>No feature has a hole.</p>" },
    { title: "What this assumes", lead: assumption, content: `<p>Filled values are moved by ${command("impute")}, and ${command("sensitivity")} shows how far they have to be moved before a result changes.</p>` },
    { title: "Are the intervals right?", lead: `Tested on ${hidden}. Points on the dashed line: an interval of 80 % holds 80 % of the truths. Below it the model is too sure, above it not sure enough.`, content: await calibration(tested.places, tested.given) },
    ...(model.calibration ? [{ title: "How the answers were calibrated", lead: `From ${model.calibration.rows} rows that were held back from the training, their cells hidden at random. Bars: how many of the truths fell into each twentieth of their predictive distribution; all at the dashed line would be right, high at the ends is too sure, high in the middle not sure enough. Intervals and probabilities are mapped by it: what they promise holds for rows like those, hidden like those, and for all cells together rather than for each kind of row.`, content: await heldBackColumns(calibrated(model.calibration, columns)) }] : []),
    { title: "Errors by feature", lead: "Of the same hidden cells, beside filling in the mean or the most frequent level. Numbers: root mean squared error in units and in deviations of the column; levels: share of wrong ones.", content: htmlTable(["feature", "cells", "error", "in deviations", "mean or mode"], tested.errors) },
    { title: "How the training went", lead: "Curves that still rise at their end ask for more steps.", content: await trainingCurves(log) },
    { title: "Draws", lead: "How the posterior was explored.", content: drawsText(model, log, tested) },
    { title: "How this was made", lead: `${settings.command}; seed ${settings.seed}, ${settings.draws} draws a row; ${settings.adapter}.`, content: `<p><code>${JSON.stringify(model.config).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</code></p>` },
  ];
  return htmlPage(`${settings.name}: preset ${model.config.preset}`, `${table.rows} rows, ${features.length} features, ${columns.filter(({ role }) => role === "target").map(({ name }) => name).join(", ") || "no target"}`, sections);
}

/** What held-back cells showed, column by column, features first. */
function calibrated(calibration: Calibration, columns: readonly Column[]): HeldBackColumn[] {
  const ordered = (["feature", "target"] as const).flatMap((own) => columns.filter(({ role }) => role === own));
  return calibration.columns.map((own, j) => {
    const head = { name: ordered[j].name, cells: own.cells, ...(own.pit && { pit: own.pit }), ...(own.covered && { covered: { half: own.covered[0], ninety: own.covered[2] } }) };
    return own.kind === "levels" ? { ...head, factor: own.temperature } : { ...head, factor: widening(own.values) };
  });
}

/** A call with the option that moves filled values. */
function command(name: string): string {
  return `<code>hhvaem ${name} --shift</code>`;
}

function described({ type, bounds, categories, mean = 0, std = 1 }: Column): string {
  if (categories) return categories.length > 6 ? `${categories.length} levels` : categories.join(isOrdered(type) ? " < " : ", ");
  const short = (value: number): string => String(Number(value.toPrecision(3)));
  if (bounds) return `${short(fromScale({ type, bounds }, mean))}, mostly ${[-1, 1].map((side) => short(fromScale({ type, bounds }, mean + side * std))).join(" to ")}`;
  return isOnLogScale(type) ? `${short(Math.expm1(mean))}, factor ${short(Math.exp(std))}` : `${short(mean)} ± ${short(std)}`;
}

/** Observed values and draws for the holes, of each feature that has some. */
async function fill(model: Model, all: Table, features: readonly Column[], { draws, seed, rows: most }: ReportSettings): Promise<Distribution[]> {
  const d = features.length;
  const withHoles = Array.from({ length: all.rows }, (_, row) => row).filter((row) => hasHole(all, row));
  const chosen = sample(withHoles, most, seed);
  if (chosen.length === 0) return [];
  const each = Math.min(20, draws);
  const { cells, cellDraws: values } = await model.impute(selectRows(all, chosen), { draws, cellDraws: each, seed });
  return features.flatMap((column, j): Distribution[] => {
    const holes = Array.from({ length: all.rows }, (_, row) => row).filter((row) => all.observedX[row * d + j] !== 1 && all.keptX?.[row * d + j] !== 1).length;
    if (holes === 0) return [];
    const observed = Array.from({ length: all.rows }, (_, row) => row).filter((row) => all.observedX[row * d + j] === 1).map((row) => decodeValue(column, all.x[row * d + j]));
    const imputed = cells.flatMap((cell, i) => (cell.column === j ? values.map((list) => list[i]) : []));
    return [{ name: column.name, observed, imputed, holes, ...(column.categories && !isContinuous(column.type) && { levels: column.categories }), ...(column.format?.date !== undefined && { valueText: (value: number) => formatValue(column, value) }) }];
  });
}

interface Tested {
  rows: number;
  places: number[];
  given: { probability: number; happened: boolean }[];
  errors: string[][];
  acceptance: number;
  divergences: number;
  effective?: number;
}

/** Hides cells whose truth is known, and compares. */
async function hide(model: Model, table: RawTable, all: Table, features: readonly Column[], { draws, seed, rows: most, split, onProgress }: ReportSettings): Promise<Tested> {
  const d = features.length;
  const rows = split ? split.rows.map((row, i) => ({ row, i })).slice(0, most) : sample(Array.from({ length: table.rows }, (_, row) => row), most, seed + 1).map((row, i) => ({ row, i }));
  const own = selectRows(all, rows.map(({ row }) => row));
  const random = uniform(foldIn(keyFromSeed(seed), 21), rows.length * d);
  const shown = own.observedX.map((seen, k) => seen * Number(split ? Number(split.shown[rows[Math.floor(k / d)].i * d + (k % d)]) === 1 : random[k] >= 0.2));
  const masked: Table = { ...own, x: own.x.map((value, k) => (shown[k] === 1 ? value : 0)), observedX: shown };
  const result = await model.impute(masked, { draws, cellDraws: draws, seed, onProgress });
  const places: number[] = [];
  const given: Tested["given"] = [];
  const sums = features.map(() => ({ cells: 0, loss: 0, coded: 0, baseline: 0 }));
  result.cells.forEach((cell, i) => {
    const k = cell.row * d + cell.column;
    if (own.observedX[k] !== 1) return;
    const column = features[cell.column];
    const sum = sums[cell.column];
    sum.cells++;
    const truth = decodeValue(column, own.x[k]);
    if (cell.probabilities) {
      cell.probabilities.forEach((probability, level) => given.push({ probability, happened: level === truth }));
      sum.loss += Number(cell.value !== truth);
      sum.baseline += Number(usual(all, features, cell.column) !== truth);
      return;
    }
    places.push(placeAmong(result.cellDraws.map((list) => list[i]), truth));
    sum.loss += (pointOf(cell, "mean") - truth) ** 2;
    const center = decodeValue(column, 0);
    sum.baseline += (center - truth) ** 2;
  });
  const deviation = (column: Column, j: number): number => {
    const values = Array.from({ length: all.rows }, (_, row) => row * d + j).filter((k) => all.observedX[k] === 1).map((k) => decodeValue(column, all.x[k]));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length) || 1;
  };
  const errors = features.flatMap((column, j) => {
    const { cells, loss, baseline } = sums[j];
    if (cells === 0) return [];
    if (!isContinuous(column.type)) return [[column.name, String(cells), `${((100 * loss) / cells).toFixed(1)} %`, "", `${((100 * baseline) / cells).toFixed(1)} %`]];
    const rmse = Math.sqrt(loss / cells);
    return [[column.name, String(cells), rmse.toPrecision(4), (rmse / deviation(column, j)).toFixed(3), Math.sqrt(baseline / cells).toPrecision(4)]];
  });
  const { acceptance, divergences, effective } = result;
  return { rows: rows.length, places, given, errors, acceptance, divergences, ...(effective !== undefined && { effective }) };
}

const usualLevels = new WeakMap<Table, Map<number, number>>();

/** The most frequent level of a feature. */
function usual(all: Table, features: readonly Column[], j: number): number {
  const known = usualLevels.get(all) ?? new Map<number, number>();
  usualLevels.set(all, known);
  if (!known.has(j)) {
    const counts = new Array<number>(features[j].categories!.length).fill(0);
    for (let row = 0; row < all.rows; row++) if (all.observedX[row * features.length + j] === 1) counts[all.x[row * features.length + j]]++;
    known.set(j, counts.indexOf(Math.max(...counts)));
  }
  return known.get(j)!;
}

function drawsText(model: Model, log: readonly Progress[], { acceptance, divergences, effective }: Tested): string {
  const rows: string[][] = [];
  const last = log.filter(({ stage }) => stage === "hmc").at(-1)?.metrics;
  if (Number.isFinite(acceptance)) {
    const { transitions, leapfrogSteps } = model.config.hmc;
    rows.push(["sampler", `HMC, ${transitions} transitions of ${leapfrogSteps} leapfrog steps`], ["acceptance", acceptance.toFixed(3)], ["trajectories that broke down", String(divergences)]);
    if (last?.stepSize !== undefined) rows.push(["mean step size learned", last.stepSize.toPrecision(3)]);
    for (const [name, value] of Object.entries(last ?? {})) if (name.startsWith("inflation_")) rows.push([`inflation of layer ${name.slice(10)}`, value.toPrecision(3)]);
  } else if (effective !== undefined) rows.push(["sampler", "importance weights"], ["share of draws that count", effective.toFixed(3)]);
  else rows.push(["sampler", "the encoder's Gaussian; this preset runs no chain"]);
  return htmlTable(["", ""], rows);
}

/** Some of the rows, at random if there are more than `most`, in order. */
function sample(rows: readonly number[], most: number, seed: number): number[] {
  if (rows.length <= most) return [...rows];
  return Array.from(permutation(foldIn(keyFromSeed(seed), 20), rows.length).slice(0, most), (i) => rows[i]).sort((a, b) => a - b);
}
