// Per transition, over the chains: the sum of the acceptance probabilities min(1, exp(-dH)), and the number of
// divergent chains, those with |dH| > 1000 or a dH that is not finite.
//   energyChanges [T, N] -> statistics [T, 2]; one workgroup per transition, of LANES lanes, a power of two that the caller sets

struct Params {
  chains: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> energyChanges: array<f32>;
@group(0) @binding(2) var<storage, read_write> statistics: array<f32>;

var<workgroup> partial: array<vec2f, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var total = vec2f();
  for (var chain = lane; chain < params.chains; chain += LANES) {
    let change = energyChanges[group.x * params.chains + chain];
    let broken = isNonFinite(change);
    let probability = select(exp(-max(change, 0.0)), 0.0, broken);
    total += vec2f(probability, select(0.0, 1.0, broken || abs(change) > 1000.0));
  }
  partial[lane] = total;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) { partial[lane] += partial[lane + half]; }
    workgroupBarrier();
  }
  if (lane < 2u) { statistics[group.x * 2u + lane] = partial[0][lane]; }
}
