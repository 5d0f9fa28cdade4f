import { toArvizJson } from "../math/arviz.ts";
import { energyBfmi, summarise, type DrawsSummary } from "../math/diagnostics.ts";
import { summaryTable } from "./summary-table.ts";

/** What happened during sampling; arrays are [chain][draw], for the kept draws. */
export interface SamplingInfo {
  /** Mean acceptance probability of all transitions after the warm-up. */
  readonly acceptance: number;
  /** Number of divergent transitions of all chains after the warm-up. Any makes the draws doubtful. */
  readonly divergences: number;
  readonly acceptanceRates: readonly Float32Array[];
  readonly diverging: readonly boolean[][];
  readonly energies: readonly Float32Array[];
  readonly logDensities: readonly Float32Array[];
  /** Step size in units of each unknown's standard deviation. */
  readonly stepSize: number;
  /** Variance of each unknown, of free numbers where parameters are constrained, found during the warm-up: the inverse of the diagonal mass matrix. */
  readonly variances: Float64Array;
  readonly leapfrogSteps: number;
}

/** R-hat, effective sample sizes and quantiles by parameter, and the chains' E-BFMI. */
export interface Diagnostics {
  readonly parameters: Readonly<Record<string, DrawsSummary>>;
  readonly bfmi: readonly number[];
  /** What speaks against trusting the draws, in words; empty when nothing does. */
  readonly warnings: readonly string[];
}

/** Draws of a posterior by parameter, [chain][draw], and what is to be known about them. */
export class HmcResult {
  private computed: Diagnostics | undefined;

  constructor(
    readonly draws: Readonly<Record<string, readonly Float32Array[]>>,
    readonly info: SamplingInfo,
    readonly seed: number,
  ) {}

  /** Computed when first asked for. */
  get diagnostics(): Diagnostics {
    return (this.computed ??= diagnose(this.draws, this.info));
  }

  /** A line per parameter: mean, its standard error, deviation, quantiles, effective sample sizes, R-hat. To be printed. */
  summary(): string {
    return summaryTable(this.diagnostics.parameters);
  }

  /** JSON text for `arviz.from_json`: the groups posterior and sample_stats. */
  toArviz(): string {
    const { logDensities, energies, acceptanceRates, diverging, stepSize, leapfrogSteps } = this.info;
    return toArvizJson({
      posterior: this.draws,
      sampleStats: {
        lp: logDensities,
        energy: energies,
        acceptance_rate: acceptanceRates,
        diverging,
        step_size: energies.map((chain) => new Float64Array(chain.length).fill(stepSize)),
      },
      attributes: { seed: this.seed, leapfrog_steps: leapfrogSteps },
    });
  }
}

function diagnose(draws: HmcResult["draws"], info: SamplingInfo): Diagnostics {
  const parameters = Object.fromEntries(Object.entries(draws).map(([name, chains]) => [name, summarise(chains)]));
  const bfmi = energyBfmi(info.energies);
  const warnings: string[] = [];
  if (info.divergences > 0) {
    warnings.push(`${info.divergences} transitions diverged: the draws may miss part of the posterior; raise targetAcceptance or reparameterise.`);
  }
  const notMixed = Object.entries(parameters).filter(([, summary]) => !(summary.rHat < 1.01)).map(([name]) => name);
  if (notMixed.length > 0) warnings.push(`R-hat is not below 1.01 for ${notMixed.join(", ")}: the chains disagree; draw more or warm up longer.`);
  const few = Object.entries(parameters).filter(([, summary]) => !(Math.min(summary.essBulk, summary.essTail) >= 400)).map(([name]) => name);
  if (few.length > 0) warnings.push(`fewer than 400 effective draws for ${few.join(", ")}: draw more.`);
  const low = bfmi.filter((fraction) => fraction < 0.3).length;
  if (low > 0) warnings.push(`E-BFMI is below 0.3 in ${low} of ${bfmi.length} chains: momentum draws explore the energies slowly; reparameterise.`);
  return { parameters, bfmi, warnings };
}
