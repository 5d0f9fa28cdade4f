import type { Batch, Column } from "@uwdata/flechette";

/** What flechette writes of a batch: its buffers. */
export type Buffers = Pick<Batch<unknown>, "length" | "nullCount" | "type" | "validity" | "values" | "offsets"> & { dictionary?: Column<unknown>; data?: Uint8Array[] };
