const LIMIT = 65_535;

/** Workgroup counts, and WGSL lines that declare `tileX`, `tileY` and `batch` from the built-in `group` (workgroup_id). */
interface TileGrid {
  dispatch: [number, number, number];
  lines: string[];
  /** A condition that must hold before anything is stored; undefined where every workgroup has work. */
  guard?: string;
}

/** One workgroup per tile. Grids that pass WebGPU's 65,535 per dimension are folded. */
export function tileGrid(tilesX: number, tilesY: number, batch: number): TileGrid {
  if (Math.max(tilesX, tilesY, batch) <= LIMIT) {
    return { dispatch: [tilesX, tilesY, batch], lines: ["let tileX = group.x;", "let tileY = group.y;", "let batch = group.z;"] };
  }
  const total = tilesX * tilesY * batch;
  const x = Math.min(total, LIMIT);
  const y = Math.min(Math.ceil(total / x), LIMIT);
  const z = Math.ceil(total / (x * y));
  return {
    dispatch: [x, y, z],
    lines: [
      `let tile = group.x + ${x}u * (group.y + ${y}u * group.z);`,
      `let tileX = tile % ${tilesX}u;`,
      `let tileY = tile / ${tilesX}u % ${tilesY}u;`,
      `let batch = tile / ${tilesX * tilesY}u;`,
    ],
    guard: x * y * z > total ? `tile < ${total}u` : undefined,
  };
}
