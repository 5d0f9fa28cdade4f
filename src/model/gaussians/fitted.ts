import { combinedTable } from "../completion/completion-stage.ts";
import type { Key } from "../../math/key.ts";
import type { HostTable } from "../training/training-batch.ts";
import { chooseParts, fitChosen, type PartsChoice } from "./choose-parts.ts";
import type { MixtureRows } from "./fit-mixture.ts";
import { Gaussians, gaussiansWeights, readGaussians, type GaussiansShape } from "./gaussians.ts";
import { columnPlaces } from "./mixture-density.ts";

/** The parts of a mixture of Gaussians, by cross-validation. */
export function partsOf(training: HostTable, { columns, config }: GaussiansShape, key: Key, signal?: AbortSignal): Promise<PartsChoice> {
  return chooseParts(mixtureRows(training), columnPlaces(columns), config.parts, key, signal);
}

/** A mixture of Gaussians fitted to rows. */
export async function fittedGaussians(shape: GaussiansShape, table: HostTable, choice: PartsChoice, key: Key): Promise<Gaussians> {
  const fitted = new Gaussians(shape, await fitChosen(mixtureRows(table), columnPlaces(shape.columns), choice, key));
  // as a weight file keeps them, so that answers are the same from there
  return readGaussians(shape, gaussiansWeights(fitted), "training");
}

function mixtureRows(table: HostTable): MixtureRows {
  const { rows, x, observedX: observed } = combinedTable(table);
  return { rows, x, observed };
}
