// What sksd-bandwidth.wgsl computes, bit by bit the same, with a workgroup for each row and dimension, for hardware.
//   c[b,j] = 2 m + 1e-9, m the (floor(n (n + 1) / 4 + 1))-th largest of (p_ij - p_i'j)^2 over i <= i' (their median)
//   weight[b] = rowWeights[b] / sum(rowWeights), 0 where nothing has weight; its sum is a tree
//   projections [B, n, K]; SAMPLES (= n) and LANES, a power of two, are set by the caller.
// A projection's place among the sorted is the number of those before it. Squared distances grow along i', so each i finds
// by halves where they reach a bound.

struct Params {
  rows: u32,
  dim: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> projections: array<f32>;
@group(0) @binding(2) var<storage, read> rowWeights: array<f32>;
@group(0) @binding(3) var<storage, read_write> bandwidths: array<f32>;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;

var<workgroup> given: array<f32, SAMPLES>;
var<workgroup> sorted: array<f32, SAMPLES>;
var<workgroup> counts: array<atomic<u32>, 31>;
var<workgroup> partial: array<f32, LANES>;

// How many of the pairs i <= i' of the lane's own i have a squared distance of at least the number with these bits (> 0).
fn pairsFrom(bits: u32, lane: u32) -> u32 {
  var count = 0u;
  for (var i = lane; i < SAMPLES; i += LANES) {
    var near = i;
    var far = SAMPLES;
    while (far - near > 1u) {
      let middle = (near + far) / 2u;
      let distance = sorted[middle] - sorted[i];
      if (bitcast<u32>(distance * distance) >= bits) { far = middle; } else { near = middle; }
    }
    count += SAMPLES - far;
  }
  return count;
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = group.x + group.y * groups.x;
  if (at >= params.rows * params.dim) { return; }
  let row = at / params.dim;
  let j = at % params.dim;

  for (var i = lane; i < SAMPLES; i += LANES) { given[i] = projections[(row * SAMPLES + i) * params.dim + j]; }
  workgroupBarrier();
  for (var i = lane; i < SAMPLES; i += LANES) {
    let value = given[i];
    var place = 0u;
    for (var other = 0u; other < SAMPLES; other++) {
      place += select(0u, 1u, given[other] < value || (given[other] == value && other < i));
    }
    sorted[place] = value;
  }
  workgroupBarrier();

  let rank = SAMPLES * (SAMPLES + 1u) / 4u + 1u;
  var median = 0u;
  for (var bit = 31u; bit > 0u; bit--) {
    let bound = median | (1u << (bit - 1u));
    atomicAdd(&counts[bit - 1u], pairsFrom(bound, lane));
    workgroupBarrier();
    if (atomicLoad(&counts[bit - 1u]) >= rank) { median = bound; }
  }
  // the square of b = 2 sqrt(m / 2)
  if (lane == 0u) { bandwidths[at] = 2.0 * bitcast<f32>(median) + 1e-9; }

  if (j == 0u) {
    var total = 0.0;
    for (var other = lane; other < params.rows; other += LANES) { total += rowWeights[other]; }
    partial[lane] = total;
    workgroupBarrier();
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
      if (lane < half) { partial[lane] += partial[lane + half]; }
      workgroupBarrier();
    }
    if (lane == 0u) { weights[row] = select(0.0, rowWeights[row] / partial[0], partial[0] > 0.0); }
  }
}
