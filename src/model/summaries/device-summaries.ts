import type { DeviceTensor } from "../../autodiff/index.ts";
import type { Column } from "../../data/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { submit, type Storage } from "../../gpu/dispatch.ts";
import type { DeviceColumns, DeviceDraws } from "../posterior/device-draws.ts";
import { CellSummaries } from "./cell-summaries.ts";
import type { SummarisedCell, WantedDraws } from "./cell-results.ts";
import { RowScores } from "./row-scores.ts";

/** Features and targets, each with what is asked of them. */
export type Both<T> = Readonly<Record<"features" | "targets", T>>;

/** What is asked of one batch of rows. */
export interface SummaryRequest {
  readonly cells: Both<readonly SummarisedCell[]>;
  /** What each column is to the rows' scores, one of `scoreStates` [rows, columns]; absent: no scores. */
  readonly states?: Both<Float32Array>;
}

/** What came of it. */
export interface SummaryAnswer {
  /** Results of cells, and where those of each begin. */
  readonly cells: Both<{ readonly results: Float32Array; readonly starts: Uint32Array }>;
  /** Scores of each part [rows as opened, 4 + columns]. */
  readonly scores: Both<readonly Float32Array[]>;
  /** Draws of all parts together. */
  readonly draws: Both<number>;
  /** Whether a part says nothing of entries that are seen. */
  readonly silent: boolean;
  /** Statistics of each transition of HMC, and of how many chains. */
  readonly chain?: { readonly statistics: Float32Array; readonly chains: number };
  readonly effective?: number;
}

/** The kernels for the columns of one kind, features or targets, made for the arrays of some draws. */
interface Kernels {
  readonly theta: readonly DeviceTensor[];
  readonly draws: number;
  readonly cells: CellSummaries;
  readonly scores: RowScores;
}

const groups = ["features", "targets"] as const;

/** Sums up draws on the device: the host reads a few numbers for each cell, all of them at once. */
export class DeviceSummaries {
  private readonly kernels: { features?: Kernels; targets?: Kernels } = {};

  /** rows: of those that are drawn for together; draws: what is wanted of one draw at each draw, absent: nothing. */
  constructor(
    private readonly gpu: Gpu,
    private readonly rows: number,
    private readonly columns: Both<readonly Column[]>,
    private readonly draws?: WantedDraws,
  ) {}

  /** Submits what is asked and returns the answer, which comes later: the next draws may be made before it is there. */
  async ask(draws: DeviceDraws, request: SummaryRequest): Promise<{ answer: Promise<SummaryAnswer> }> {
    const starts = { features: new Uint32Array(0), targets: new Uint32Array(0) };
    const storages: Storage[] = [];
    const places: { group?: "features" | "targets"; of: "cells" | "scores" | "chain" }[] = [];
    const work: (CellSummaries | RowScores)[] = [];
    const counts = { features: 0, targets: 0 };
    for (const group of groups) {
      const own = await this.kernelsOf(group, draws);
      if (!own) continue;
      counts[group] = own.draws;
      if (request.cells[group].length > 0) {
        starts[group] = Uint32Array.from(own.cells.write(request.cells[group]));
        work.push(own.cells);
        storages.push(own.cells.storage);
        places.push({ group, of: "cells" });
      }
      if (request.states) {
        own.scores.write(request.states[group]);
        work.push(own.scores);
        for (const storage of own.scores.storages) {
          storages.push(storage);
          places.push({ group, of: "scores" });
        }
      }
    }
    if (draws.chain) {
      storages.push(draws.chain.statistics.storage);
      places.push({ of: "chain" });
    }
    submit(this.gpu, work);
    const reading = this.gpu.readBuffers(storages);
    return { answer: reading.then((buffers) => sorted(buffers.map((bytes) => new Float32Array(bytes)), places, starts, counts, draws)) };
  }

  /** The kernels of features or targets; undefined where there are none. Draws keep their arrays, so that they are made once. */
  private async kernelsOf(group: "features" | "targets", { parts }: DeviceDraws): Promise<Kernels | undefined> {
    const columns = this.columns[group];
    const drawn = parts.flatMap((part): DeviceColumns[] => {
      const own = part[group];
      return own && own.draws > 0 ? [own] : [];
    });
    if (columns.length === 0 || drawn.length === 0) return undefined;
    const before = this.kernels[group];
    if (before && drawn.length === before.theta.length && drawn.every(({ theta }, p) => theta === before.theta[p])) return before;
    before?.cells.destroy();
    before?.scores.destroy();
    const { gpu, rows } = this;
    const cells = await CellSummaries.create(gpu, { rows, columns, parts: drawn, draws: this.draws });
    const scores = await RowScores.create(gpu, rows, drawn, group === "targets");
    return (this.kernels[group] = { theta: drawn.map(({ theta }) => theta), draws: drawn.reduce((total, own) => total + own.draws, 0), cells, scores });
  }

  destroy(): void {
    for (const own of Object.values(this.kernels)) {
      own.cells.destroy();
      own.scores.destroy();
    }
  }
}

/** What was read, by what it is. */
function sorted(read: readonly Float32Array[], places: readonly { group?: "features" | "targets"; of: "cells" | "scores" | "chain" }[], starts: Both<Uint32Array>, draws: Both<number>, { parts, chain, effective }: DeviceDraws): SummaryAnswer {
  const of = (what: "cells" | "scores" | "chain", group?: "features" | "targets"): Float32Array[] => read.filter((_, i) => places[i].of === what && places[i].group === group);
  const cells = (group: "features" | "targets") => ({ results: of("cells", group)[0] ?? new Float32Array(0), starts: starts[group] });
  return {
    cells: { features: cells("features"), targets: cells("targets") },
    scores: { features: of("scores", "features"), targets: of("scores", "targets") },
    draws,
    silent: parts.some((part) => part.silent && part.features.draws > 0),
    ...(chain && { chain: { statistics: of("chain")[0], chains: chain.chains } }),
    ...(effective !== undefined && { effective }),
  };
}
