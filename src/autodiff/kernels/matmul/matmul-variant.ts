/**
 * Every invocation keeps a tile of the result in registers; no workgroup memory, no barriers. The invocations of a workgroup
 * lie along the columns (or rows) of the result: each has `own` of them, and all share the same rows (or columns).
 */
export interface RegisterTileVariant {
  kind: "register";
  name: string;
  /** What lies along the invocations. */
  lanes: "columns" | "rows";
  /**
   * 0: each invocation loads the shared operand's values by itself. Else the subgroup's size, a multiple of 4: each invocation
   * loads some of them, and the rest arrive by subgroupBroadcast.
   */
  subgroupSize: number;
  /** Rows (or columns) that the invocations share. */
  shared: number;
  /** Columns (or rows) of each invocation: 1, 2, 3, 4 or a multiple of 4. */
  own: number;
  /** Bind operands of up to 64 KiB as uniform buffers. */
  uniform: boolean;
}

const PLAIN_WORKGROUP = 64;

export function workgroupLanes(variant: RegisterTileVariant): number {
  return variant.subgroupSize || PLAIN_WORKGROUP;
}

/** Register tiles are named by their sizes. */
export function registerVariant(lanes: "columns" | "rows", subgroupSize: number, shared: number, own: number, uniform: boolean): RegisterTileVariant {
  const name = `register-${lanes}-${subgroupSize > 0 ? `broadcast${subgroupSize}` : "plain"}-${shared}x${own}${uniform ? "-uniform" : ""}`;
  return { kind: "register", name, lanes, subgroupSize, shared, own, uniform };
}

/** The classic for GPUs: a workgroup stages tiles of both operands in workgroup memory, each invocation keeps perM x perN results. */
export interface WorkgroupTileVariant {
  kind: "workgroup";
  name: string;
  tileM: number;
  tileN: number;
  tileK: number;
  /** Results of an invocation, 1, 2, 4 or 8 each; the workgroup has tileM / perM x tileN / perN invocations, at most 256. tileK is a multiple of 4. */
  perM: number;
  perN: number;
}

/** Workgroup tiles are named by their sizes. */
export function workgroupVariant(tileM: number, tileN: number, tileK: number, perM: number, perN: number): WorkgroupTileVariant {
  return { kind: "workgroup", name: `workgroup-${tileM}x${tileN}x${tileK}-${perM}x${perN}`, tileM, tileN, tileK, perM, perN };
}

/** The tile with no longer steps than the inner index has values. */
export function cutToInner(variant: WorkgroupTileVariant, k: number): WorkgroupTileVariant {
  return { ...variant, tileK: Math.min(variant.tileK, 4 * Math.ceil(k / 4)) };
}

/** How many blocks of four k are computed in a turn of the loop over them. */
export function foursOfATurn({ perM, perN, tileK }: WorkgroupTileVariant): number {
  const wanted = perM * perN <= 2 ? 4 : perM * perN <= 8 ? 2 : 1;
  return [4, 2, 1].find((turns) => turns <= wanted && (tileK / 4) % turns === 0)!;
}

/** Workgroup memory that every device has. */
const WORKGROUP_BYTES = 16_384;

/** How many pairs of tiles a workgroup keeps: two, which saves a barrier a step, where they fit. Those of small products leave room for others in their dispatch. */
export function workgroupBuffers({ tileM, tileN, tileK, perM, perN }: WorkgroupTileVariant): 1 | 2 {
  const room = perM * perN <= 4 ? WORKGROUP_BYTES / 2 : WORKGROUP_BYTES;
  return 2 * 4 * (tileM + tileN) * tileK <= room ? 2 : 1;
}

export type MatmulVariant = RegisterTileVariant | WorkgroupTileVariant;
