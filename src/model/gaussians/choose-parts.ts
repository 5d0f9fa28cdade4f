import { foldIn, permutation, type Key } from "../../math/key.ts";
import { converged, fitMixtureBest, roughly, type MixtureRows, type MixtureSetting } from "./fit-mixture.ts";
import { MixtureDensity, type ColumnPlaces, type MixtureParameters } from "./mixture-density.ts";

/** How many parts, and whether they share one covariance. */
export interface PartsChoice {
  parts: number;
  shared: boolean;
}

const candidates = [1, 2, 3, 4, 6, 8, 12, 16, 24];
/** Candidates without gain, one after another, after which the search ends. */
const patience = 2;
/** Rows at most that a choice and a fit look at; folds of the cross-validation; starting points of each fit. */
const [rowsOfChoice, rowsOfFit, folds, starts] = [1500, 20_000, 4, 3];
/** Rows' worth by which covariances that are not shared are drawn to the common one, for each number. */
const sharingPerNumber = 3;

/** Which of a mixture's choices makes rows that it has not seen most likely, by cross-validation. */
export async function chooseParts(data: MixtureRows, places: ColumnPlaces, most: number, key: Key, signal?: AbortSignal): Promise<PartsChoice> {
  const own = someRows(data, places, rowsOfChoice, foldIn(key, 1));
  const order = permutation(foldIn(key, 2), own.rows);
  // numbers with atoms are hidden in many rows
  const tolerance = places.atoms.some(({ length }) => length > 0) ? roughly : converged;
  let best: PartsChoice & { score: number } = { parts: 1, shared: true, score: -Infinity };
  for (const shared of [true, false]) {
    let without = 0;
    let least = -Infinity;
    for (const parts of candidates) {
      // one part shares with nobody; few rows cannot tell many apart
      if (parts > most || (parts === 1 && !shared) || own.rows < 10 * parts) continue;
      let score = 0;
      for (let fold = 0; fold < folds; fold++) {
        signal?.throwIfAborted();
        await pause();
        const held = Array.from(order).filter((_, i) => i % folds === fold);
        const training = pickRows(own, places, Array.from(order).filter((_, i) => i % folds !== fold));
        const density = new MixtureDensity(fitMixtureBest(training, places, settingOf({ parts, shared }, places, tolerance), foldIn(key, 3 + fold), 1), places);
        for (const row of held) score += density.condition(own.x, own.observed, row * places.number.length).logDensity;
      }
      if (score > best.score) best = { parts, shared, score };
      without = score > least ? 0 : without + 1;
      least = Math.max(least, score);
      if (without >= patience) break;
    }
  }
  return { parts: best.parts, shared: best.shared };
}

/** The mixture that was chosen, fitted to all rows. */
export async function fitChosen(data: MixtureRows, places: ColumnPlaces, choice: PartsChoice, key: Key): Promise<MixtureParameters> {
  await pause();
  return fitMixtureBest(someRows(data, places, rowsOfFit, foldIn(key, 1)), places, settingOf(choice, places, converged), foldIn(key, 3), starts);
}

function settingOf({ parts, shared }: PartsChoice, places: ColumnPlaces, tolerance: number): MixtureSetting {
  return { parts, sharing: shared ? Infinity : sharingPerNumber * (places.numbers.length + 1), tolerance };
}

/** Lets messages in: a fit keeps its thread busy. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function someRows(data: MixtureRows, places: ColumnPlaces, most: number, key: Key): MixtureRows {
  return data.rows <= most ? data : pickRows(data, places, Array.from(permutation(key, data.rows).subarray(0, most)));
}

function pickRows({ x, observed }: MixtureRows, places: ColumnPlaces, rows: readonly number[]): MixtureRows {
  const columns = places.number.length;
  const take = (values: ArrayLike<number>): Float32Array => Float32Array.from({ length: rows.length * columns }, (_, i) => values[rows[Math.floor(i / columns)] * columns + (i % columns)]);
  return { rows: rows.length, x: take(x), observed: take(observed) };
}
