/** A cell as it is kept: exactly what the file holds. */
export type Stored = number | bigint | boolean | string;
/** A value as Parquet's physical types have it; texts are decoded already. */
export type Physical = number | bigint | boolean | string | Uint8Array;

/** How the cells of a Parquet column are read, shown and written. */
export interface CellType {
  /** What messages call the values: "the column holds ...". */
  readonly name: string;
  /** Whether physical values are ordered as what they mean, so that the file may say the least and the largest. */
  readonly ordered: boolean;
  load(value: Physical): Stored;
  store(value: Stored): Physical;
  text(value: Stored): string;
  /** The value of this type that is nearest to what a text says; undefined if there is none. */
  parse(text: string): Stored | undefined;
}

/** A type whose kept values are all of one kind. */
export function cellType<T extends Stored, P extends Physical>(type: {
  name: string;
  ordered?: boolean;
  load?: (value: P) => T;
  store?: (value: T) => P;
  text?: (value: T) => string;
  parse: (text: string) => T | undefined;
}): CellType {
  const { name, ordered = true, load = (value) => value as unknown as T, store = (value) => value as unknown as P, text = String, parse } = type;
  return { name, ordered, load: load as CellType["load"], store: store as CellType["store"], text: text as CellType["text"], parse };
}
