import type { DeviceTensor } from "../../autodiff/index.ts";
import type { MixedColumn } from "../../likelihood/mixed.ts";
import type { Key } from "../../math/key.ts";
import type { KnownRows, ToldQuestion } from "./conditional.ts";
import { cellCount, massesOf } from "./told-masses.ts";

/** Questions that are answered together, at most. */
export const askedTogether = 2048;

/** One value told of each of N rows: which row, which feature, which coded value. */
interface ToldValues {
  readonly row: Uint32Array;
  readonly feature: Uint32Array;
  readonly value: Float32Array;
}

/** A model that can be asked what it would say of the targets if one more value of a row were known. */
export interface ToldModel {
  /** N, the questions that are answered together. */
  readonly asked: number;
  readonly targets: readonly MixedColumn[];
  /** Of Gaussians whose variance is fixed. */
  readonly variance: number;
  /** Draws behind each answer; all answers share their noise, so that they differ by what is told alone. */
  readonly draws: number;
  /** Takes what is known of the rows that the next questions are about. */
  begin(known: KnownRows, key: Key): void;
  /** Answers N questions: likelihood parameters of the targets at each draw [N draws, P, params]. */
  ask(values: ToldValues): DeviceTensor;
  destroy(): void;
}

/** P(targets in a cell | x_O, x_i = v) for every value asked about: [rows, D, T, G]; 0 for what is known already. */
export async function toldMasses(model: ToldModel, { values, count, cells }: ToldQuestion, known: KnownRows, key: Key): Promise<Float64Array> {
  const { asked, targets, variance, draws } = model;
  const d = known.observed.length / known.rows;
  const g = cellCount(cells);
  const result = new Float64Array(known.observed.length * count * g);
  const open = Array.from(known.observed.keys()).filter((cell) => known.observed[cell] !== 1);
  model.begin(known, key);
  const questions = { row: new Uint32Array(asked), feature: new Uint32Array(asked), value: new Float32Array(asked) };
  for (let first = 0; first < open.length * count; first += asked) {
    const own = Math.min(asked, open.length * count - first);
    /** The places of their values. */
    const places = Array.from({ length: own }, (_, i) => open[Math.floor((first + i) / count)] * count + ((first + i) % count));
    places.forEach((place, i) => {
      const cell = Math.floor(place / count);
      questions.row[i] = Math.floor(cell / d);
      questions.feature[i] = cell % d;
      questions.value[i] = values[place];
    });
    const answers = model.ask(questions);
    const [, p, params] = answers.shape;
    const theta = await answers.read();
    const add = massesOf(targets, variance, params, { cells });
    places.forEach((place, i) => {
      for (let s = 0; s < draws; s++) add(theta, (i * draws + s) * p * params, questions.row[i], 1 / draws, result, place * g);
    });
  }
  return result;
}
