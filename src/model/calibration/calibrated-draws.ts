import type { Key } from "../../math/key.ts";
import { isNumber } from "../../likelihood/mixed.ts";
import type { DrawOptions, DrawSession, JointDraws, KnownRows } from "../answers/conditional.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import { levelProbabilities, placesAbout } from "../answers/predictive.ts";
import { scoreLevels } from "../answers/proper-scores.ts";
import { cellDraws } from "../posterior/entry-draws.ts";
import { predictionsOf } from "../posterior/joint-draws.ts";
import type { Posterior } from "../posterior/posterior.ts";
import { sharesSeen, type Calibrator } from "./calibration.ts";

/**
 * A session of joint draws whose predictions and log-likelihoods of the targets are calibrated. The draws themselves are left as they are: what acquisition asks of them is information, which monotone maps of either variable do not change.
 */
export class CalibratedSession implements DrawSession {
  constructor(
    private readonly posterior: Posterior,
    private readonly calibrator: Calibrator,
    private readonly columns: { features: ColumnSet; targets: ColumnSet },
  ) {}

  async draw(known: KnownRows, key: Key, options?: DrawOptions): Promise<JointDraws> {
    const draws = await this.posterior.draw(known, key, options);
    const { features, targets } = this.columns;
    const d = features.columns.length;
    const shares = sharesSeen(known.observed, known.rows, d);
    const mapOf = (row: number, j: number) => this.calibrator.of(d + j, shares[row]);
    return {
      ...draws,
      predictions: (interval) => predictionsOf(draws, targets, d, key, interval, mapOf),
      logLikelihood: async (truth) => {
        const raw = await draws.logLikelihood(truth);
        const sample = { rows: draws.rows, parts: await draws.targetParts() };
        return raw.map((value, row) => targets.columns.reduce((total, column, j) => {
          const cell = cellDraws(sample, "targets", row, j);
          const map = mapOf(row, j);
          const own = truth[row * targets.columns.length + j];
          if (!isNumber(cell[0].mixed)) return total + scoreLevels(levelProbabilities(cell), own, map).logRatio;
          const { low, high } = placesAbout(cell, column, own);
          return total + (map.numbers?.logDensity(low, high) ?? 0);
        }, value));
      },
    };
  }

  destroy(): void {
    this.posterior.destroy();
  }
}
