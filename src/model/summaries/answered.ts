import type { Gpu } from "../../gpu/device.ts";
import type { Key } from "../../math/key.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import { acceptanceOf } from "../latent/posterior/conditional-chain.ts";
import type { PosteriorRows, RowDraws, SamplingInfo } from "../posterior/entry-draws.ts";
import { entriesByRows, requestsByRows, type Posterior } from "../posterior/posterior.ts";
import type { WantedDraws } from "./cell-results.ts";
import type { Both, SummaryAnswer, SummaryRequest } from "./device-summaries.ts";

/** Rows of a table that were answered together. */
export interface RowsAt {
  readonly firstRow: number;
  readonly rows: number;
}

/** A question about rows: answered from their draws on the host, or from what the device sums up of them. */
export interface Question<A> {
  fromDraws(sample: RowDraws & SamplingInfo): A;
  /** Absent where the draws themselves are asked for. */
  readonly sums?: SumsQuestion<A>;
}

/** What the device is to sum up of some rows, and the answer from it. */
export interface SumsQuestion<A> {
  /** What is wanted of draws of cells. */
  readonly draws?: WantedDraws;
  request(at: RowsAt): SummaryRequest;
  answer(sums: SummaryAnswer, at: RowsAt & SamplingInfo): A;
}

/** Where draws are summed up. */
export const places = ["device", "host"] as const;
export type Place = (typeof places)[number];

/** Draws of a row that the kernels tell apart: their places among those that were made are found by products of 32 bits. */
const mostDraws = 2 ** 15;

/** Batches of rows whose answers are on their way while the next is drawn for: reading takes a while, in which the device need not stand still. */
const ahead = 3;

interface Asked {
  readonly gpu: Gpu;
  readonly posterior: Posterior;
  readonly columns: Both<ColumnSet>;
  readonly table: PosteriorRows;
  readonly key: Key;
  /**
   * Default: the device, but the host where the device is the processor anyway: there reading costs nothing, and compiling the sums takes longer than
   * most tables would on the host. The host too where draws of a row come a part at a time, or are too many.
   */
  readonly place?: Place;
  readonly signal?: AbortSignal;
}

/** The answers for all rows of a table, a few rows at a time. Throws DeviceError, the signal's reason. */
export function answered<A>(question: Question<A>, asked: Asked): AsyncGenerator<RowsAt & SamplingInfo & { answer: A }> {
  const { gpu, posterior, place = gpu.software ? "host" : "device" } = asked;
  const sums = place === "device" && posterior.sizes.draws <= mostDraws && posterior.entriesOnDevice ? question.sums : undefined;
  return sums ? onDevice(sums, asked) : onHost(question, asked);
}

async function* onHost<A>(question: Question<A>, { posterior, columns, table, key, signal }: Asked): AsyncGenerator<RowsAt & SamplingInfo & { answer: A }> {
  for await (const sample of entriesByRows(posterior, widthsOf(columns), table, key, signal)) {
    const { firstRow, rows, acceptance, divergences, effective } = sample;
    yield { firstRow, rows, acceptance, divergences, ...(effective !== undefined && { effective }), answer: question.fromDraws(sample) };
  }
}

async function* onDevice<A>(question: SumsQuestion<A>, { gpu, posterior, columns, table, key, signal }: Asked): AsyncGenerator<RowsAt & SamplingInfo & { answer: A }> {
  // for hardware alone: the page fetches it there
  const { DeviceSummaries } = await import("./device-summaries.ts");
  const summaries = new DeviceSummaries(gpu, posterior.sizes.rows, { features: columns.features.columns, targets: columns.targets.columns }, question.draws);
  const waiting: Promise<RowsAt & SamplingInfo & { answer: A }>[] = [];
  try {
    for (const { firstRow, request } of requestsByRows(posterior.sizes.rows, widthsOf(columns), table, key, signal)) {
      const at = { firstRow, rows: request.count };
      const { answer } = await summaries.ask(await posterior.entriesOnDevice!(request), question.request(at));
      const own = answer.then((sums) => {
        const info = { acceptance: Number.NaN, divergences: 0, ...(sums.chain && acceptanceOf(sums.chain.statistics, sums.chain.chains)), ...(sums.effective !== undefined && { effective: sums.effective }) };
        return { ...at, ...info, answer: question.answer(sums, { ...at, ...info }) };
      });
      // whoever stops early does not hear of it
      own.catch(() => undefined);
      waiting.push(own);
      if (waiting.length > ahead) yield await waiting.shift()!;
    }
    for (const own of waiting) yield await own;
  } finally {
    summaries.destroy();
  }
}

function widthsOf({ features, targets }: Both<ColumnSet>): { features: number; targets: number } {
  return { features: features.columns.length, targets: targets.columns.length };
}
