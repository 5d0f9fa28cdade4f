import type { Point, Range } from "./view.ts";

/** Values at the points of a grid, rows from low to high y [size, size]. */
export interface Grid {
  readonly size: number;
  readonly window: { readonly x: Range; readonly y: Range };
  readonly values: ArrayLike<number>;
}

/** Line segments along which the grid's values are `level`, by linear interpolation within each cell. (Marching squares) */
export function contour({ size, window, values }: Grid, level: number): [Point, Point][] {
  const place = (column: number, row: number): Point => [
    window.x[0] + ((window.x[1] - window.x[0]) * column) / (size - 1),
    window.y[0] + ((window.y[1] - window.y[0]) * row) / (size - 1),
    0,
  ];
  const found: [Point, Point][] = [];
  for (let row = 0; row < size - 1; row++) {
    for (let column = 0; column < size - 1; column++) {
      const first = row * size + column;
      const high = Number(values[first] > level) + Number(values[first + 1] > level) + Number(values[first + size] > level) + Number(values[first + size + 1] > level);
      // most cells are on one side, and need nothing more
      if (high === 0 || high === 4) continue;
      // the corners, counter-clockwise from the lower left
      const corners = ([[0, 0], [1, 0], [1, 1], [0, 1]] as const).map(([i, j]) => ({ i, j, above: values[first + j * size + i] - level }));
      const crossings: Point[] = [];
      corners.forEach((from, at) => {
        const to = corners[(at + 1) % 4];
        if (from.above > 0 === to.above > 0) return;
        const t = from.above / (from.above - to.above);
        crossings.push(place(column + from.i + t * (to.i - from.i), row + from.j + t * (to.j - from.j)));
      });
      if (crossings.length === 2) found.push([crossings[0], crossings[1]]);
      if (crossings.length !== 4) continue;
      // a saddle: the centre's value says which corners belong together
      const centre = corners.reduce((total, { above }) => total + above, 0);
      const shift = centre > 0 === corners[0].above > 0 ? 0 : 1;
      found.push([crossings[shift], crossings[shift + 1]], [crossings[shift + 2], crossings[(shift + 3) % 4]]);
    }
  }
  return found;
}

/**
 * Levels of a log density whose regions of higher density hold the given shares of the mass on the grid, in the order of
 * the shares.
 */
export function massLevels(logDensity: ArrayLike<number>, shares: readonly number[]): number[] {
  const sorted = Float64Array.from(logDensity).sort().reverse();
  const total = sorted.reduce((sum, value) => sum + Math.exp(value - sorted[0]), 0);
  return shares.map((share) => {
    let mass = 0;
    const at = sorted.findIndex((value) => (mass += Math.exp(value - sorted[0])) >= share * total);
    return sorted[at < 0 ? sorted.length - 1 : at];
  });
}
