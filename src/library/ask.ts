import { acquire as acquireRows, openLoop, type AcquisitionLoop, type AcquisitionOptions, type Ranking } from "../acquisition/index.ts";
import { absentFeatures, codeTable, type RawTable, type Table } from "../data/index.ts";
import type { KnownRows, Model } from "../model/index.ts";

/** A table coded by a model's schema, ready for `impute`, `predict` and `evaluate`. Throws TableError. */
export function encode(model: Model, table: RawTable, rows?: ArrayLike<number>): Table {
  return codeTable(table, model.schema, { rows });
}

/** What to measure next for every row of a coded table, with gains in nats. Throws RangeError for a model without target. */
export function acquire(model: Model, table: Table, options: AcquisitionOptions = {}): Promise<Ranking[]> {
  return acquireRows(model.conditional(), knownRows(table), options);
}

/** The loop over one row: iterate over its states, answer what they ask for next, `destroy` it in the end. */
export function acquisitionLoop(model: Model, row: Table, options: AcquisitionOptions = {}): Promise<AcquisitionLoop> {
  return openLoop(model.conditional(), knownRows(row), { absent: absentFeatures(model.schema), ...options });
}

function knownRows({ rows, x, observedX, keptX }: Table): KnownRows {
  return { rows, x, observed: observedX, ...(keptX && { absent: keptX }) };
}
