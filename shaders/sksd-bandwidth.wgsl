// The bandwidth of the sliced kernelised Stein discrepancy, and each row's weight in the mean over rows.
//   c[b,j] = 2 m + 1e-9, m the (floor(n (n + 1) / 4 + 1))-th largest of (p_ij - p_i'j)^2 over i <= i' (their median)
//   weight[b] = rowWeights[b] / sum(rowWeights), 0 where nothing has weight
//   projections [B, n, K]; one row and dimension per invocation; SAMPLES (= n) is set by the caller.
// The projections are sorted; squared distances then fall along i and grow along i', so those above a bound are counted
// in 2 n steps, and the median is found bit by bit: the bits of numbers >= 0 are ordered as the numbers are.

struct Params {
  rows: u32,
  dim: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> projections: array<f32>;
@group(0) @binding(2) var<storage, read> rowWeights: array<f32>;
@group(0) @binding(3) var<storage, read_write> bandwidths: array<f32>;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;

var<private> sorted: array<f32, SAMPLES>;

// How many of the pairs i <= i' have a squared distance of at least the number with these bits (> 0).
fn pairsFrom(bits: u32) -> u32 {
  var count = 0u;
  var far = 0u;
  for (var i = 0u; i < SAMPLES; i++) {
    loop {
      if (far >= SAMPLES) { return count; }
      let distance = sorted[far] - sorted[i];
      if (far > i && bitcast<u32>(distance * distance) >= bits) { break; }
      far++;
    }
    count += SAMPLES - far;
  }
  return count;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = gid.x + gid.y * groups.x * 64u;
  if (at >= params.rows * params.dim) { return; }
  let row = at / params.dim;
  let j = at % params.dim;

  for (var i = 0u; i < SAMPLES; i++) {
    let value = projections[(row * SAMPLES + i) * params.dim + j];
    var place = i;
    while (place > 0u && sorted[place - 1u] > value) {
      sorted[place] = sorted[place - 1u];
      place--;
    }
    sorted[place] = value;
  }

  let rank = SAMPLES * (SAMPLES + 1u) / 4u + 1u;
  var median = 0u;
  for (var bit = 0x40000000u; bit > 0u; bit >>= 1u) {
    if (pairsFrom(median | bit) >= rank) { median |= bit; }
  }
  // the square of b = 2 sqrt(m / 2)
  bandwidths[at] = 2.0 * bitcast<f32>(median) + 1e-9;

  if (j == 0u) {
    var total = 0.0;
    for (var other = 0u; other < params.rows; other++) { total += rowWeights[other]; }
    weights[row] = select(0.0, rowWeights[row] / total, total > 0.0);
  }
}
