import shader from "../../../shaders/cell-summaries.wgsl";
import laws from "../../../shaders/lib/laws.wgsl";
import numerics from "../../../shaders/lib/numerics.wgsl";
import random from "../../../shaders/lib/random.wgsl";
import { deviceTensor, type DeviceTensor } from "../../autodiff/index.ts";
import type { Column } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { gridFor, makeDispatch, type Dispatch, type Encodable, type Storage } from "../../gpu/dispatch.ts";
import { uniformFor } from "../../gpu/uniforms.ts";
import type { DeviceColumns } from "../posterior/device-draws.ts";
import { summaryTable } from "./column-numbers.ts";
import { widthOf, type SummarisedCell, type WantedDraws } from "./cell-results.ts";
import { quantilePlace, ranksOf } from "./ranks.ts";

/** Words before the cells, and of each. */
const [headWords, cellWords] = [16, 8];
/** Theta arrays that the kernel binds. */
const mostParts = 3;

/** The columns and parts that are summed up, of so many rows at most. */
export interface SummarisedColumns {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly parts: readonly DeviceColumns[];
  readonly draws?: WantedDraws;
}

/** Sums up what draws say of cells of some columns, all cells in one dispatch. */
export class CellSummaries implements Encodable {
  private readonly most: number;
  private used = 0;

  private constructor(
    private readonly of: SummarisedColumns,
    private readonly cells: DeviceTensor,
    private readonly arrays: readonly DeviceTensor[],
    private readonly results: DeviceTensor,
    private readonly dispatch: Dispatch,
  ) {
    this.most = cellsOf(of);
  }

  /** Throws RangeError for more parts than a model has. */
  static async create(gpu: Gpu, of: SummarisedColumns): Promise<CellSummaries> {
    const { rows, columns, parts } = of;
    if (parts.length < 1 || parts.length > mostParts) throw new RangeError(`[cell summaries] expected 1 to ${mostParts} parts, got ${parts.length}; this is a bug.`);
    const most = cellsOf(of);
    const draws = drawsOf(parts);
    const { numbers, units } = summaryTable(rows, columns, parts);
    const table = deviceTensor(gpu, [numbers.length], numbers, { label: "columns of summaries" });
    const cells = deviceTensor(gpu, [headWords + cellWords * most], undefined, { dtype: "u32", label: "cells of summaries" });
    const scratch = deviceTensor(gpu, [of.draws?.interval === undefined ? 1 : most * draws], undefined, { label: "draws of cells" });
    const results = deviceTensor(gpu, [(most / columns.length) * parts[0].mixed.reduce((total, column) => total + widthOf(column, of.draws), 0)], undefined, { label: "summaries of cells" });
    const params = uniformFor(gpu, shader, { parts: parts.length, draws, units }, "summaries params");
    const theta = Array.from({ length: mostParts }, (_, p) => (parts[p] ?? parts[0]).theta.storage);
    const source = { name: "cell summaries", file: "shaders/cell-summaries.wgsl", wgsl: [numerics, random, laws, shader].join("\n"), bindings: ["uniform", "read", "read", "read", "read", "read", "write", "write"] as const };
    const dispatch = await makeDispatch(gpu, source, [params, table.storage, cells.storage, ...theta, scratch.storage, results.storage], gridFor(most, 1));
    return new CellSummaries(of, cells, [table, cells, scratch, results], results, dispatch);
  }

  /** Loads the cells that the next dispatch sums up; returns where the results of each begin. */
  write(cells: readonly SummarisedCell[]): Uint32Array {
    const { parts, draws } = this.of;
    const words = new Uint32Array(headWords + cellWords * this.most);
    const floats = new Float32Array(words.buffer);
    const { interval, completions = 0, kept = 0 } = draws ?? {};
    const n = drawsOf(parts);
    words.set([cells.length, interval === undefined ? 0 : 1, completions, kept]);
    const { ranks, between } = ranksOf(n);
    words.set(ranks, 4);
    floats.set(between, 4 + ranks.length);
    this.used = 0;
    const starts = Uint32Array.from(cells, ({ row, column, truth = 0, key = [0, 0], tail = (1 - (interval ?? 0)) / 2 }, i) => {
      const at = headWords + cellWords * i;
      words.set([row, column, this.used, ...key], at);
      floats[at + 5] = truth;
      words.set([quantilePlace(n, tail).rank, quantilePlace(n, 1 - tail).rank], at + 6);
      this.used += widthOf(parts[0].mixed[column], draws);
      return words[at + 2];
    });
    this.cells.write(words);
    return starts;
  }

  encode(pass: GPUComputePassEncoder): void {
    this.dispatch.encode(pass);
  }

  /** The results of the cells that were loaded last, as far as they reach. */
  get storage(): Storage {
    return { ...this.results.storage, bytes: 4 * this.used };
  }

  destroy(): void {
    for (const tensor of this.arrays) tensor.destroy();
  }
}

/** Cells that may be asked about at once: of scores each cell may be asked about on either side of its truth. */
function cellsOf({ rows, columns, draws }: SummarisedColumns): number {
  return rows * columns.length * (draws?.interval === undefined ? 2 : 1);
}

function drawsOf(parts: readonly DeviceColumns[]): number {
  return parts.reduce((total, { draws }) => total + draws, 0);
}
