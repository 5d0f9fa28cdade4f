import { matmulElements, type MatmulShape } from "./matmul-shape.ts";
import { cutToInner, foursOfATurn, workgroupBuffers, workgroupVariant, type WorkgroupTileVariant } from "./matmul-variant.ts";

/**
 * What a product takes on a large GPU, by reasoning and not by measurement: cycles of a multiprocessor that starts 128 multiply-adds in
 * one, with 2048 lanes, 65,536 registers and 228 KiB of workgroup memory, one of 132.
 */
const MULTIPROCESSORS = 132;
const LANES = 128;
const RESIDENT_LANES = 2048;
const REGISTERS = 65_536;
const WORKGROUP_MEMORY = 228 * 1024;
/** From asking for a value in device memory to having it in the tile, a barrier included. */
const LATENCY = 1000;
/** A second barrier a step, where there is one pair of tiles. */
const BARRIER = 60;
/** What a step makes all lanes of a workgroup wait for at its barrier, where no other workgroup computes meanwhile. */
const EXPOSED = 100;
/** A turn of the loop over blocks of four k in one workgroup alone: reads of workgroup memory and multiply-adds that wait for each other. */
const TURN_LATENCY = 60;
/** A vector read from workgroup memory, in multiply-adds: what it keeps that memory busy, beside the multiply-adds, and what it takes to start. */
const READ = 8;
const READ_START = 2;
/** A vector loaded from device memory and put there, an element stored, in multiply-adds. */
const LOAD = 10;
const STORE = 4;
/** Bytes of device memory a cycle, over all multiprocessors. */
const BYTES = 1500;

/** Tiles of 256 lanes each, so that products can share a dispatch with each other and with other kernels. */
export const tileVariants: readonly WorkgroupTileVariant[] = [
  [128, 128, 8, 8, 8], [128, 64, 16, 8, 4], [64, 128, 16, 4, 8], [64, 64, 16, 4, 4], [256, 32, 8, 8, 4], [32, 256, 8, 4, 8],
  [128, 32, 8, 4, 4], [32, 128, 8, 4, 4], [64, 32, 16, 4, 2], [32, 64, 16, 2, 4], [128, 16, 8, 4, 2], [16, 128, 8, 2, 4],
  [32, 32, 32, 2, 2], [64, 16, 16, 4, 1], [16, 64, 16, 1, 4], [32, 16, 32, 2, 1], [16, 32, 32, 1, 2], [16, 16, 64, 1, 1], [16, 16, 16, 1, 1],
].map(([tileM, tileN, tileK, perM, perN]) => workgroupVariant(tileM, tileN, tileK, perM, perN));

/** Workgroup tiles, those that should take least on a GPU first. */
export function rankedWorkgroupTiles(shape: MatmulShape): WorkgroupTileVariant[] {
  const cost = new Map(tileVariants.map((tile) => [tile, tileCycles(shape, tile)]));
  return [...tileVariants].sort((a, b) => cost.get(a)! - cost.get(b)!);
}

/** Cycles of the product with the best tile. */
export function productCycles(shape: MatmulShape): number {
  return Math.min(...tileVariants.map((tile) => tileCycles(shape, tile)));
}

/** Cycles from the first workgroup's start to the last one's end. */
export function tileCycles(shape: MatmulShape, wanted: WorkgroupTileVariant): number {
  const { batch, m, n, k } = shape;
  const tile = cutToInner(wanted, k);
  const { tileM, tileN, tileK, perM, perN } = tile;
  const lanes = (tileM / perM) * (tileN / perN);
  const steps = Math.ceil(k / tileK);
  const buffers = steps > 1 ? workgroupBuffers(tile) : 1;
  const groups = batch * Math.ceil(m / tileM) * Math.ceil(n / tileN);
  const own = Math.ceil(groups / MULTIPROCESSORS);
  // accumulators, values of a block, what is being loaded, places
  const vectors = ((tileM + tileN) * tileK) / 4 / lanes;
  const registers = perM * perN + 4 * perM + perN + 4 * Math.ceil(vectors) + 16;
  const resident = Math.max(1, Math.min(own, Math.floor(RESIDENT_LANES / lanes), Math.floor(REGISTERS / (lanes * registers)), Math.floor(WORKGROUP_MEMORY / (4 * buffers * (tileM + tileN) * tileK))));
  // what a step makes a multiprocessor start, and how long it takes at least
  const blocks = tileK / 4;
  const started = (lanes / LANES) * (blocks * (Math.max(4 * perM * perN, READ * (perM + perN)) + READ_START * (perM + perN)) + LOAD * vectors);
  const least = LATENCY + (buffers === 2 ? 0 : BARRIER) + (blocks / foursOfATurn(tile)) * TURN_LATENCY;
  const ends = (lanes / LANES) * STORE * perM * perN;
  const computed = Math.max(own * (steps * (started + EXPOSED / resident ** 2) + ends), Math.ceil(own / resident) * (steps * least + ends));
  return Math.max(computed, memoryCycles(shape, tile, groups));
}

/** Every operand is loaded once for each tile of the other's, mostly from the cache, and the result stored. */
function memoryCycles(shape: MatmulShape, { tileM, tileN }: WorkgroupTileVariant, groups: number): number {
  const [a, b, result] = matmulElements(shape);
  const again = groups * shape.k * (tileM + tileN) - a - b;
  return (4 * (a + b + result)) / BYTES + (4 * Math.max(again, 0)) / (3 * BYTES);
}
