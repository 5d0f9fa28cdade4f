import type { Key } from "../../math/key.ts";
import type { DrawOptions, DrawSession, KnownRows } from "../answers/conditional.ts";
import type { DeviceDraws } from "./device-draws.ts";
import type { EntryDraws, PosteriorRows, RowDraws, SamplingInfo } from "./entry-draws.ts";
import type { PosteriorDraws } from "./joint-draws.ts";

/** What a posterior is opened for. */
export interface PosteriorSizes {
  /** Rows that are conditioned on together. */
  rows: number;
  /** S, draws of each row. */
  draws: number;
  /** Whether targets that are known are conditioned on too. */
  givenTargets?: boolean;
}

/** Rows of which each entry is asked for by itself. */
export interface EntriesRequest {
  /** As many rows as the posterior is open for; the first `count` of them count. */
  known: KnownRows;
  count: number;
  /** What is scored, coded: [rows, D] and [rows, P]. */
  truth: { x: Float32Array; y: Float32Array };
  key: Key;
  /** Where the rows stand in a larger table; folded into the key. */
  place: number;
  signal?: AbortSignal;
}

/**
 * p(x_U, y | x_O) of a fixed number of rows, compiled once and conditioned on what is known of them again and again. Implemented by the latent variable model, the completion networks,
 * the mixture of Gaussians, and a mixture of several of them. The same key gives the same draws.
 */
export interface Posterior extends DrawSession {
  readonly sizes: PosteriorSizes;
  /** What S draws say of every entry, each entry by itself. Throws DeviceError, the signal's reason. */
  entries(request: EntriesRequest): Promise<EntryDraws & SamplingInfo>;
  /** The same left on the device, without waiting for it; absent where draws of a row come a part at a time. */
  readonly entriesOnDevice?: (request: EntriesRequest) => Promise<DeviceDraws>;
  /** S draws of all entries that are hidden. Throws RangeError for another number of rows, DeviceError. */
  draw(known: KnownRows, key: Key, options?: DrawOptions): Promise<PosteriorDraws>;
  destroy(): void;
}

/** Throws RangeError where the rows are not as many as a posterior is open for. */
export function checkRows({ rows }: PosteriorSizes, known: KnownRows): void {
  if (known.rows !== rows) throw new RangeError(`[draw] the session is open for ${rows} rows, got ${known.rows}.`);
}

/** D features and P targets. */
interface Asked {
  features: number;
  targets: number;
}

/** What the draws say of every entry of a table's rows, as many rows at a time as the posterior is open for. */
export async function* entriesByRows(posterior: Posterior, sizes: Asked, table: PosteriorRows, key: Key, signal?: AbortSignal): AsyncGenerator<RowDraws & SamplingInfo> {
  for (const { firstRow, request } of requestsByRows(posterior.sizes.rows, sizes, table, key, signal)) yield { firstRow, ...(await posterior.entries(request)) };
}

/** The requests for all rows of a table, `rows` of them at a time. */
export function* requestsByRows(rows: number, { features: d, targets: p }: Asked, table: PosteriorRows, key: Key, signal?: AbortSignal): Generator<{ firstRow: number; request: EntriesRequest }> {
  for (let first = 0; first < table.rows; first += rows) {
    signal?.throwIfAborted();
    const count = Math.min(rows, table.rows - first);
    /** Rows beyond the table's last are empty. */
    const part = (source: ArrayLike<number>, width: number): Float32Array => {
      const own = new Float32Array(rows * width);
      for (let i = 0; i < count * width; i++) own[i] = source[first * width + i];
      return own;
    };
    const targets = table.y && table.observedY && { y: part(table.y, p), observedY: part(table.observedY, p) };
    const known = { rows, x: part(table.x, d), observed: part(table.observed, d), ...targets };
    const truth = { x: part(table.truthX, d), y: part(table.truthY, p) };
    yield { firstRow: first, request: { known, count, truth, key, place: (table.before ?? 0) + first, signal } };
  }
}
