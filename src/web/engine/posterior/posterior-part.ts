import { codeTable } from "../../../data/index.ts";
import { SamplerTuning, type TuningReport } from "../../../experiments/sampler-tuning.ts";
import type { Gpu } from "../../../gpu/device.ts";
import { foldIn, keyFromSeed } from "../../../math/key.ts";
import type { LatentPaths } from "../../../model/index.ts";
import { planarTargets, type ChainPaths, type PlanarTarget, type PlanarTargetName } from "../../../sampler/index.ts";
import { densityGrid, followChains, type DensityGrid } from "./planar.ts";
import { principalAxes, type Basis } from "./principal-axes.ts";
import type { Workspace } from "../workspace.ts";

export interface RowQuestion {
  row: number;
  chains: number;
  /** How often the chains run through their transitions for the draws that are diagnosed. */
  sweeps: number;
  seed: number;
}

/** A row's posterior with its principal axes: those of the draws, or without HMC of the encoder's draws. */
export interface RowPosterior extends LatentPaths {
  asked: RowQuestion;
  /** The latents' names, "layer.number", or the number where there is one layer. */
  names: string[];
  axes: Basis;
  /** Known cells of the row. */
  known: number;
  features: number;
  warnings: string[];
}

export interface TuningSettings {
  target: PlanarTargetName;
  transitions: number;
  leapfrogSteps: number;
  /** Initial step sizes are within a factor of 1.5 of it. */
  stepSize: number;
  /** Whether the entropy of the draws is part of the objective. */
  entropy: boolean;
  seed: number;
}

/** A target, and the chains before tuning. */
export interface TargetPicture {
  settings: TuningSettings;
  grid: DensityGrid;
  truth: Omit<PlanarTarget, "logDensity" | "window">;
  untuned: SamplerPicture;
}

/** How good the chains are at some point of the tuning. */
export interface SamplerPicture extends TuningReport {
  /** A few chains with all their leapfrog steps. */
  paths: ChainPaths;
}

/** Draws of a model without HMC, which cost nothing. */
const encoderDraws = 1000;
/** Chains behind each step of a tuning, and those drawn with their paths. */
const tuningChains = 192;
const drawnChains = 12;
const gridSize = 200;
/** Steps of a tuning that are given to the device at once, and how long a report waits for the next. */
const stepsAtOnce = 10;
const secondsBetweenReports = 0.3;

/** Tag of the key of the chains that are drawn. */
const drawnKey = 9;

interface OpenTarget {
  settings: TuningSettings;
  gpu: Gpu;
  sampler: SamplerTuning;
}

/** Posteriors to look at: a row's latents, and densities in the plane on which a sampler is tuned. */
export class PosteriorPart {
  private open: OpenTarget | undefined;
  private tuning: Promise<SamplerPicture> | undefined;
  private stopped = false;

  constructor(private readonly workspace: Workspace) {}

  /** Follows the chains of one row of the open table. */
  async row(asked: RowQuestion, onProgress: (share: number) => void): Promise<RowPosterior> {
    const { row, chains, sweeps, seed } = asked;
    const { table } = this.workspace;
    if (!table) throw new Error("there is no table open.");
    const coded = codeTable(table.raw, (await this.workspace.model()).schema, { rows: [row], source: table.name });
    const found = await this.workspace.ask((model) =>
      model.latentPaths(coded, 0, { chains: model.config.inference === "hmc" ? chains : encoderDraws, sweeps, seed, onProgress: (done, all) => onProgress(done / all) }),
    );
    const names = found.layers.flatMap((size, layer) => Array.from({ length: size }, (_, i) => (found.layers.length > 1 ? `${layer + 1}.${i + 1}` : `${i + 1}`)));
    const known = coded.observedX.reduce((total, seen) => total + seen, 0);
    return { ...found, asked, names, axes: principalAxes(found.hmc?.draws ?? found.start, names.length), known, features: coded.features, warnings: coded.warnings };
  }

  /** Opens a target with a sampler that is not tuned yet; a tuning that runs ends. */
  async target(settings: TuningSettings): Promise<TargetPicture> {
    await this.close();
    const { target, transitions, leapfrogSteps, stepSize, entropy, seed } = settings;
    const gpu = await this.workspace.gpu();
    const { logDensity, window: _, ...truth } = planarTargets[target];
    const sampler = await SamplerTuning.create(gpu, {
      logDensity, start: truth.start, chains: tuningChains, transitions, leapfrogSteps, entropy, stepSize: [stepSize / 1.5, stepSize * 1.5], key: keyFromSeed(seed),
    });
    this.open = { settings, gpu, sampler };
    return { settings, grid: await densityGrid(gpu, planarTargets[target], gridSize), truth, untuned: await picture(this.open) };
  }

  /** Tunes the open target's sampler for so many steps, or until it is told to stop, and reports on the way. */
  tune(steps: number, onReport: (report: TuningReport) => void): Promise<SamplerPicture> {
    const { open } = this;
    if (!open) throw new Error("there is no target open.");
    if (this.tuning) throw new Error("a tuning is running already.");
    this.stopped = false;
    const run = async (): Promise<SamplerPicture> => {
      let told = performance.now();
      for (let done = 0; done < steps && !this.stopped; done += stepsAtOnce) {
        await open.sampler.run(Math.min(stepsAtOnce, steps - done));
        if (performance.now() - told < 1000 * secondsBetweenReports && done + stepsAtOnce < steps) continue;
        told = performance.now();
        onReport(await open.sampler.look());
      }
      return picture(open);
    };
    this.tuning = run().finally(() => (this.tuning = undefined));
    return this.tuning;
  }

  /** Ends the tuning that runs, after the steps that are under way. */
  stopTuning(): void {
    this.stopped = true;
  }

  private async close(): Promise<void> {
    this.stopTuning();
    await this.tuning?.catch(() => undefined);
    this.open?.sampler.destroy();
    this.open = undefined;
  }
}

async function picture({ settings, gpu, sampler }: OpenTarget): Promise<SamplerPicture> {
  const report = await sampler.look();
  const { transitions, leapfrogSteps, seed } = settings;
  const paths = await followChains(gpu, planarTargets[settings.target], report, { chains: drawnChains, transitions, leapfrogSteps, key: foldIn(keyFromSeed(seed), drawnKey) });
  return { ...report, paths };
}
