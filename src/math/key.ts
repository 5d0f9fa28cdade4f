/**
 * Counter-based random numbers on the host, bit for bit those of shaders/lib/random.wgsl: a draw is a pure function of
 * (key, counter) with counter = (index, stream). A key is passed in, split, and never used twice for the same purpose.
 */
export type Key = readonly [number, number];

// Streams from 0xffffff00 on are reserved for deriving keys and for permutations, so that those never meet a draw.
const FOLD_STREAM = 0xffffff00;
const SPLIT_STREAM = 0xffffff01;
const PERMUTE_STREAM = 0xffffff10;
const PERMUTE_ROUNDS = 12;

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/** The two random words of Threefry-2x32-20 for a key and a counter (Salmon et al. 2011). */
export function threefry2x32(key: Key, counter: readonly [number, number]): [number, number] {
  const keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd11bda];
  let a = (counter[0] + key[0]) | 0;
  let b = (counter[1] + key[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = ROTATIONS[round & 7];
    a = (a + b) | 0;
    b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    if ((round & 3) === 3) {
      const injection = (round >> 2) + 1;
      a = (a + keys[injection % 3]) | 0;
      b = (b + keys[(injection + 1) % 3] + injection) | 0;
    }
  }
  return [a >>> 0, b >>> 0];
}

/** The key of a seed, an integer from 0 to 2^53 - 1; different seeds give different keys. */
export function keyFromSeed(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`[keyFromSeed] expected an integer from 0 to 2^53 - 1, got ${seed}; choose another seed.`);
  }
  return [Math.floor(seed / 2 ** 32), seed >>> 0];
}

/** A new key from a key and a number (a step, a layer, a purpose) below 2^32; never equal to a draw of the same key. */
export function foldIn(key: Key, data: number): Key {
  return threefry2x32(key, [data, FOLD_STREAM]);
}

/** n keys, independent of each other, of `foldIn` and of the key's own draws. */
export function split(key: Key, n: number): Key[] {
  return Array.from({ length: n }, (_, i) => threefry2x32(key, [i, SPLIT_STREAM]));
}

/** Uniform on [0, 1) from a random word, a multiple of 2^-24: exact in float32. */
export function unitUniform(bits: number): number {
  return (bits >>> 8) * 2 ** -24;
}

/** Uniform on (0, 1) from a random word, an odd multiple of 2^-24: its logarithm is finite. */
export function openUniform(bits: number): number {
  return ((bits >>> 9) + 0.5) * 2 ** -23;
}

/** Standard normal of a counter: the device's `standardNormal`, in float64. */
export function standardNormal(key: Key, counter: readonly [number, number]): number {
  const [radiusBits, angleBits] = threefry2x32(key, counter);
  // The device keeps the angle's top 26 bits and turns it by -pi/4 (its quadrants are centred).
  const angle = 2 * Math.PI * ((angleBits >>> 6) * 2 ** -26 - 0.125);
  return Math.sqrt(-2 * Math.log(openUniform(radiusBits))) * Math.cos(angle);
}

/** n uniforms on [0, 1); element i has the counter (i, stream). */
export function uniform(key: Key, n: number, stream = 0): Float64Array {
  const draws = new Float64Array(n);
  for (let i = 0; i < n; i++) draws[i] = unitUniform(threefry2x32(key, [i, stream])[0]);
  return draws;
}

/** n standard normals; element i has the counter (i, stream). */
export function normal(key: Key, n: number, stream = 0): Float64Array {
  const draws = new Float64Array(n);
  for (let i = 0; i < n; i++) draws[i] = standardNormal(key, [i, stream]);
  return draws;
}

/** Where i goes under the key's pseudo-random permutation of 0..n-1: a Feistel network, walked along its cycle until it falls below n. */
export function permutedIndex(key: Key, i: number, n: number): number {
  if (n <= 1) return 0;
  const bits = 32 - Math.clz32(n - 1);
  const lowBits = bits >> 1;
  const lowMask = 2 ** lowBits - 1;
  const highMask = 2 ** (bits - lowBits) - 1;
  let x = i % n;
  do {
    let low = x & lowMask;
    let high = x >>> lowBits;
    for (let round = 0; round < PERMUTE_ROUNDS; round += 2) {
      high ^= threefry2x32(key, [low, PERMUTE_STREAM + round])[0] & highMask;
      low ^= threefry2x32(key, [high, PERMUTE_STREAM + round + 1])[0] & lowMask;
    }
    x = ((high << lowBits) | low) >>> 0;
  } while (x >= n);
  return x;
}

/** The key's permutation of 0..n-1: element i is `permutedIndex(key, i, n)`. */
export function permutation(key: Key, n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => permutedIndex(key, i, n));
}
