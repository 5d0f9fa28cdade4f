/** Pictures of one size, a row each, in columns that belong together under one title. Knows bytes, not models. */
export interface PictureGrid {
  height: number;
  width: number;
  /** 1 grey, 3 red, green and blue. */
  channels: number;
  rows: number;
  groups: readonly PictureGroup[];
  /** Written at the left of each row. */
  labels?: readonly string[];
  /** What is shown, in a line above; what else is to be known, beneath. */
  title?: string;
  note?: string;
}

/** Columns side by side under a title. */
export type PictureGroup = Shown | Spread;

/** Pictures as they are. */
export interface Shown {
  title: string;
  /** A column each: [rows, C, H, W]. */
  pictures: readonly Uint8Array[];
  /** [rows, H, W], 1 observed; what is not is hatched. Default: all. */
  observed?: ArrayLike<number>;
}

/** How much draws differ, pixel by pixel, in colours of a scale of its own. */
export interface Spread {
  title: string;
  /** [rows, H, W], from 0, in grey levels. */
  deviation: ArrayLike<number>;
}

/** Throws RangeError where a length does not fit. */
export function checkGrid(grid: PictureGrid): void {
  const { height, width, channels, rows, groups, labels } = grid;
  const fail = (what: string): never => {
    throw new RangeError(`[pictureGrid] ${what}`);
  };
  if (![height, width, rows].every((n) => Number.isInteger(n) && n >= 1) || (channels !== 1 && channels !== 3)) {
    fail(`expected rows of pictures with 1 or 3 channels, got ${rows} rows of ${height} x ${width} with ${channels}.`);
  }
  if (groups.length === 0) fail("expected at least one column.");
  if (labels !== undefined && labels.length !== rows) fail(`expected a label for each of ${rows} rows, got ${labels.length}.`);
  const check = (title: string, what: string, shape: readonly number[], length: number): void => {
    if (length !== shape.reduce((a, b) => a * b, 1)) fail(`column "${title}": expected ${what} [${shape.join(", ")}], got ${length} values.`);
  };
  for (const group of groups) {
    if ("deviation" in group) {
      check(group.title, "deviations", [rows, height, width], group.deviation.length);
      continue;
    }
    if (group.pictures.length === 0) fail(`column "${group.title}": expected at least one picture a row.`);
    for (const pixels of group.pictures) check(group.title, "pictures", [rows, channels, height, width], pixels.length);
    if (group.observed !== undefined) check(group.title, "observed", [rows, height, width], group.observed.length);
  }
}
