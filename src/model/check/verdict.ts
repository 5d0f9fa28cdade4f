import type { ModelCheck } from "./model-check.ts";

/** Whether what a model says can be relied on: "poor" is for training longer, "unchecked" for models that no rows were held back for. */
export type Level = "good" | "fair" | "poor" | "unchecked";

/** One thing that a check shows. */
export interface Finding {
  about: "errors" | "intervals" | "certainty" | "chains" | "training";
  level: Exclude<Level, "unchecked">;
  text: string;
}

export interface Verdict {
  level: Level;
  /** A word or two, and a sentence. */
  title: string;
  text: string;
  findings: Finding[];
  /** Whether more training is what helps. */
  trainLonger: boolean;
}

/** Errors of the model as a share of those of simpler guesses: below the first they are better, above the second worse. */
const [better, worse] = [0.95, 1.05];
/** What intervals may hold more or less than they say, and what of that is too much, beside two standard errors. */
const [near, far] = [0.05, 0.12];
/** Part of the held-back error that fell away in the last third of the training, from which more training is worth it. */
const stillFalling = 0.02;

/** What a check says of a model, in plain words. A model is as good as the worst of its findings. */
export function verdictOf(check: ModelCheck | undefined): Verdict {
  if (!check || check.columns.length === 0) {
    return { level: "unchecked", title: "Not checked", text: "No rows were held back from its training, so how good its answers are is not known.", findings: [], trainLonger: false };
  }
  const findings = [errorFinding(check), intervalFinding(check), certaintyFinding(check), chainFinding(check), trainingFinding(check)].filter((finding) => finding !== undefined);
  const level = findings.some((one) => one.level === "poor") ? "poor" : findings.some((one) => one.level === "fair") ? "fair" : "good";
  const trainLonger = findings.some(({ about, level: own }) => own !== "good" && about === "training") || (level === "poor" && findings.some(({ about, level: own }) => own === "poor" && about !== "chains"));
  const rows = `${check.rows} rows that its training has not seen`;
  const titles = { good: "Good", fair: "Fair", poor: "Not ready" };
  const texts = {
    good: `Its answers held on ${rows}.`,
    fair: `Of use, with care: see what ${rows} show.`,
    poor: `Do not rely on it yet: see what ${rows} show.`,
  };
  return { level, title: level === "poor" && trainLonger ? "Not ready: train longer" : titles[level], text: texts[level], findings, trainLonger };
}

/** Mean over columns of the model's error as a share of a simpler guess's; undefined where those make none. */
export function relativeError({ columns }: ModelCheck, to: "usual" | "neighbours"): number | undefined {
  const shares = columns.filter((own) => own[to] > 0).map((own) => own.error / own[to]);
  return shares.length === 0 ? undefined : shares.reduce((a, b) => a + b, 0) / shares.length;
}

/** Share of numbers within their intervals, over all columns, with its standard error. */
export function held({ columns }: ModelCheck, mass: "half" | "ninety"): { share: number; error: number; cells: number } | undefined {
  const numbers = columns.filter((own) => own[mass] !== undefined);
  const cells = numbers.reduce((total, own) => total + own.cells, 0);
  if (cells === 0) return undefined;
  const share = numbers.reduce((total, own) => total + own.cells * own[mass]!, 0) / cells;
  const expected = mass === "half" ? 0.5 : 0.9;
  // of a model whose intervals are right
  return { share, error: Math.sqrt((expected * (1 - expected)) / cells), cells };
}

function errorFinding(check: ModelCheck): Finding {
  const usual = relativeError(check, "usual") ?? 1;
  const neighbours = relativeError(check, "neighbours") ?? 1;
  const than = (share: number): string => (Math.abs(share - 1) < 0.005 ? "as large as" : share < 1 ? `${Math.round(100 * (1 - share))} % smaller than` : `${Math.round(100 * (share - 1))} % larger than`);
  const compared = `Its errors are ${than(usual)} those of filling in each column's middle or most frequent level, and ${than(neighbours)} those of ten similar rows.`;
  if (usual > worse || neighbours > 1 + 4 * (worse - 1)) return { about: "errors", level: "poor", text: `${compared} A simpler method does better.` };
  if (usual > better) return { about: "errors", level: "fair", text: `${compared} Either the columns say little about each other, or it has not learned what they say.` };
  return { about: "errors", level: neighbours > worse ? "fair" : "good", text: compared };
}

function intervalFinding(check: ModelCheck): Finding | undefined {
  const [half, ninety] = [held(check, "half"), held(check, "ninety")];
  if (!half || !ninety) return undefined;
  const text = `Its 90 % intervals held ${percent(ninety.share)} of ${ninety.cells} numbers, its 50 % intervals ${percent(half.share)}.`;
  const short = 0.9 - ninety.share;
  if (short > far + 2 * ninety.error) return { about: "intervals", level: "poor", text: `${text} It is far too sure of itself.` };
  if (short > near + 2 * ninety.error || 0.5 - half.share > far + 2 * half.error) return { about: "intervals", level: "fair", text: `${text} It is a little too sure of itself.` };
  if (half.share - 0.5 > 2 * far + 2 * half.error) return { about: "intervals", level: "fair", text: `${text} They are wider than they need to be.` };
  return { about: "intervals", level: "good", text };
}

function certaintyFinding({ columns }: ModelCheck): Finding | undefined {
  const levels = columns.filter(({ kind }) => kind === "levels");
  const cells = levels.reduce((total, own) => total + own.cells, 0);
  if (cells === 0) return undefined;
  const mean = (of: (own: (typeof levels)[number]) => number): number => levels.reduce((total, own) => total + own.cells * of(own), 0) / cells;
  const [right, sure] = [1 - mean(({ error }) => error), mean((own) => own.sure ?? 0)];
  const text = `Of ${cells} levels it guessed ${percent(right)} right, and said ${percent(sure)}.`;
  const error = Math.sqrt(Math.max(0.01, sure * (1 - sure)) / cells);
  const over = sure - right;
  return over > far + 2 * error ? { about: "certainty", level: "poor", text: `${text} It is far too sure of itself.` } : { about: "certainty", level: over > near + 2 * error ? "fair" : "good", text };
}

function chainFinding({ chains }: ModelCheck): Finding | undefined {
  if (!chains) return undefined;
  const { rows, apart, rHat, effective, draws } = chains;
  const numbers = `R-hat ${rHat.toFixed(2)}, ${Math.round(effective)} effective of ${draws} draws at worst`;
  if (apart === 0) return { about: "chains", level: "good", text: `The chains behind its answers agree, in ${rows} rows that were followed (${numbers}).` };
  return { about: "chains", level: "fair", text: `The chains behind its answers do not agree in ${apart} of ${rows} rows that were followed (${numbers}): what it says of single rows may change with the seed.` };
}

function trainingFinding({ curve = [], stopped }: ModelCheck): Finding | undefined {
  if (stopped) return { about: "training", level: "fair", text: "Its training was stopped before its end; a whole one may be better." };
  if (curve.length < 4) return undefined;
  const [began, ended] = [curve[0][0], curve.at(-1)![0]];
  const from = began + (2 / 3) * (ended - began);
  const least = (points: readonly [number, number][]): number => Math.min(...points.map(([, error]) => error));
  const before = least(curve.filter(([seconds]) => seconds <= from));
  const fell = 1 - least(curve) / before;
  if (fell > stillFalling) return { about: "training", level: "fair", text: `Its error on rows held back was still falling when the training ended, by ${percent(fell)} in the last third: more training would help.` };
  return { about: "training", level: "good", text: "Its error on rows held back had stopped falling: more training would bring little." };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
