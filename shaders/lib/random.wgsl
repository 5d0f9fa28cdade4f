// Counter-based random numbers: a draw is a pure function of (key, counter), so any invocation can make
// any draw. Draws use the counter (index, stream); src/math/key.ts computes the same bits on the host.
// Streams from 0xffffff00 on are reserved for deriving keys (0xffffff00 foldIn, 0xffffff01 split on the
// host) and for the permutation's rounds (0xffffff10 + round), so that those never meet a draw.

const RANDOM_FOLD_STREAM = 0xffffff00u;
const RANDOM_PERMUTE_STREAM = 0xffffff10u;
const RANDOM_PERMUTE_ROUNDS = 12u;

fn threefryRound(x: vec2u, rotation: u32) -> vec2u {
  let a = x.x + x.y;
  return vec2u(a, ((x.y << rotation) | (x.y >> (32u - rotation))) ^ a);
}

// Threefry-2x32-20 (Salmon et al. 2011): two random words of the key and the counter.
fn threefry2x32(key: vec2u, counter: vec2u) -> vec2u {
  let k2 = key.x ^ key.y ^ 0x1bd11bdau;
  var x = counter + key;
  x = threefryRound(x, 13u); x = threefryRound(x, 15u); x = threefryRound(x, 26u); x = threefryRound(x, 6u);
  x += vec2u(key.y, k2 + 1u);
  x = threefryRound(x, 17u); x = threefryRound(x, 29u); x = threefryRound(x, 16u); x = threefryRound(x, 24u);
  x += vec2u(k2, key.x + 2u);
  x = threefryRound(x, 13u); x = threefryRound(x, 15u); x = threefryRound(x, 26u); x = threefryRound(x, 6u);
  x += vec2u(key.x, key.y + 3u);
  x = threefryRound(x, 17u); x = threefryRound(x, 29u); x = threefryRound(x, 16u); x = threefryRound(x, 24u);
  x += vec2u(key.y, k2 + 4u);
  x = threefryRound(x, 13u); x = threefryRound(x, 15u); x = threefryRound(x, 26u); x = threefryRound(x, 6u);
  x += vec2u(k2, key.x + 5u);
  return x;
}

// A new key from a key and a number (a step, a layer, a purpose); never equal to a draw of the same key.
fn foldIn(key: vec2u, data: u32) -> vec2u {
  return threefry2x32(key, vec2u(data, RANDOM_FOLD_STREAM));
}

// Uniform on [0, 1), a multiple of 2^-24: exact in f32.
fn unitUniform(bits: u32) -> f32 {
  return f32(bits >> 8u) * 0x1p-24f;
}

// Uniform on (0, 1), an odd multiple of 2^-24: its logarithm is finite.
fn openUniform(bits: u32) -> f32 {
  return (f32(bits >> 9u) + 0.5) * 0x1p-23f;
}

// Standard exponential, -log openUniform(bits); -standardExponential(bits) is the log of a uniform, as a
// Metropolis test wants it. Above 1/2, where WGSL's log may be off by 2^-21, by the series of 2 atanh.
fn standardExponential(bits: u32) -> f32 {
  let u = openUniform(bits);
  if (u < 0.5) { return -log(u); }
  let s = (1.0 - u) / (1.0 + u);
  let z = s * s;
  return 2.0 * s * (1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0
    + z * (1.0 / 11.0 + z * (1.0 / 13.0 + z * (1.0 / 15.0))))))));
}

// (cos, sin) of 2 pi bits / 2^32. WGSL's own sin and cos may be off by 2^-11; this is good to 1e-7 anywhere.
fn randomDirection(bits: u32) -> vec2f {
  // The top two bits give the quadrant q, the rest an angle t in [-pi/4, pi/4) around its middle.
  let t = (f32((bits << 2u) >> 8u) * 0x1p-24f - 0.5) * 1.5707963267948966;
  let s = t * t;
  let sine = t * (1.0 + s * (-0.16666667 + s * (8.3333333e-3 + s * (-1.9841270e-4 + s * 2.7557319e-6))));
  let cosine = 1.0 + s * (-0.5 + s * (4.1666667e-2 + s * (-1.3888889e-3 + s * 2.4801587e-5)));
  let quadrant = bits >> 30u;
  let turned = select(vec2f(cosine, sine), vec2f(-sine, cosine), (quadrant & 1u) == 1u);
  return select(turned, -turned, quadrant >= 2u);
}

// Two independent standard normals by Box-Muller, |value| < 5.8 (beyond: probability 1e-8).
fn standardNormalPair(key: vec2u, counter: vec2u) -> vec2f {
  let words = threefry2x32(key, counter);
  return sqrt(2.0 * standardExponential(words.x)) * randomDirection(words.y);
}

fn standardNormal(key: vec2u, counter: vec2u) -> f32 {
  return standardNormalPair(key, counter).x;
}

// Where i goes under the key's pseudo-random permutation of 0..n-1; stateless, so no invocation needs the
// others. A Feistel network on ceil(log2 n) bits, walked along its cycle until it falls below n (under two
// steps on average).
fn permutedIndex(key: vec2u, i: u32, n: u32) -> u32 {
  if (n <= 1u) { return 0u; }
  let bits = 32u - countLeadingZeros(n - 1u);
  let lowBits = bits >> 1u;
  let lowMask = (1u << lowBits) - 1u;
  let highMask = (1u << (bits - lowBits)) - 1u;
  var x = i % n;
  loop {
    var low = x & lowMask;
    var high = x >> lowBits;
    for (var round = 0u; round < RANDOM_PERMUTE_ROUNDS; round += 2u) {
      high ^= threefry2x32(key, vec2u(low, RANDOM_PERMUTE_STREAM + round)).x & highMask;
      low ^= threefry2x32(key, vec2u(high, RANDOM_PERMUTE_STREAM + round + 1u)).x & lowMask;
    }
    x = (high << lowBits) | low;
    if (x < n) { break; }
  }
  return x;
}
