// Sliced kernelised Stein discrepancy of each row's samples (Gong et al. 2021), as terms to be summed, and the gradient
// of its weighted mean over rows in the projections, scores and bandwidth taken as constants. With d = p_ij - p_i'j,
// c the squared bandwidth, s = r_j . g_j and K = exp(-d^2 / c), the terms of a pair are
//   f = K a,  a = q q' + s (q - q') 2 d / c + s^2 (2 / c - 4 d^2 / c^2)
//   df/dd = K (s (q - q') 2 / c - s^2 8 d / c^2 - 2 d / c a)
// and every pair counts twice, so that d SKSD / d p_ij = 2 / n^2 sum_i' df/dd.
//   projections, scores, terms, gradient : [B, n, K]; bandwidths [B, K]; weights [B]; alignments [K] (s)
//   one element per invocation; SAMPLES (= n) is set by the caller.

struct Params {
  rows: u32,
  dim: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> projections: array<f32>;
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var<storage, read> bandwidths: array<f32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read> alignments: array<f32>;
@group(0) @binding(6) var<storage, read_write> terms: array<f32>;
@group(0) @binding(7) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = gid.x + gid.y * groups.x * 64u;
  if (e >= params.rows * SAMPLES * params.dim) { return; }
  let j = e % params.dim;
  let row = e / (SAMPLES * params.dim);
  let weight = weights[row];
  if (weight == 0.0) {
    terms[e] = 0.0;
    gradient[e] = 0.0;
    return;
  }
  let p = projections[e];
  let q = scores[e];
  let s = alignments[j];
  let inverse = 1.0 / bandwidths[row * params.dim + j];

  var value = 0.0;
  var slope = 0.0;
  for (var other = row * SAMPLES * params.dim + j; other < (row + 1u) * SAMPLES * params.dim; other += params.dim) {
    let d = p - projections[other];
    let difference = s * (q - scores[other]);
    let kernel = exp(-d * d * inverse);
    let a = q * scores[other] + 2.0 * inverse * (d * difference + s * s * (1.0 - 2.0 * d * d * inverse));
    value += kernel * a;
    slope += kernel * 2.0 * inverse * (difference - 4.0 * s * s * d * inverse - d * a);
  }
  let share = 1.0 / f32(SAMPLES * SAMPLES);
  terms[e] = share * value;
  gradient[e] = weight * 2.0 * share * slope;
}
