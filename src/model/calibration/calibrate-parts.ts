import { isNumber, levelCount } from "../../likelihood/mixed.ts";
import type { Key } from "../../math/key.ts";
import type { ColumnSet } from "../answers/column-set.ts";
import type { HeldBack } from "../completion/held-back.ts";
import { ModelPosterior, type TrainedParts } from "../model-posterior.ts";
import { sharesOfCompletions, sharesOfParts, type Chosen } from "../posterior/shares.ts";
import type { Calibration } from "./calibration.ts";
import { fitCalibration } from "./fit-calibration.ts";
import { heldBackCells } from "./held-back-cells.ts";

/** Draws of each held-back row. */
const draws = 200;

/** Maps of the answers of a model's parts together, from rows that none of them has seen; those of completed rows too, where their shares are others. Throws DeviceError, the signal's reason. */
export async function calibrateParts(parts: TrainedParts & { chosen: Chosen }, columns: { features: ColumnSet; targets: ColumnSet }, heldBack: HeldBack, key: Key, signal?: AbortSignal): Promise<Pick<Chosen, "calibration" | "jointCalibration">> {
  const posterior = new ModelPosterior(parts, columns, "told");
  const mixed = [...columns.features.mixed, ...columns.targets.mixed];
  const fitted = async (sharesOf: typeof sharesOfParts): Promise<Calibration> => {
    const session = await posterior.openEntries({ rows: heldBack.rows, draws }, sharesOf);
    try {
      const { numbers, levels } = await heldBackCells(session, heldBack, columns, key, signal);
      return fitCalibration(mixed.map((column) => ({ levels: isNumber(column) ? 1 : levelCount(column) })), numbers, levels, heldBack.originals);
    } finally {
      session.destroy();
    }
  };
  const calibration = await fitted(sharesOfParts);
  return parts.chosen.joint ? { calibration, jointCalibration: await fitted(sharesOfCompletions) } : { calibration };
}
