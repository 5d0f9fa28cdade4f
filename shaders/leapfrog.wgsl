// One leapfrog step of N chains, up to the next gradient: kick, then drift.
//   r <- r + s phi g;   q <- q + phi r       s = 1/2 on the first step, 1 on the others
// The half kick that ends a trajectory is in metropolis.wgsl. The first step leaves the state alone: it draws r0 (or
// takes what is there), starts from the state and writes the proposal. q and r only ever accumulate, so a value that is
// not finite stays.
//   logStepSizes [T, K]; q, g, r : [N, K]; one element per invocation
// Set by the caller: Params (lib/transition.wgsl); STARTS, whether this is the first step of a trajectory; DRAWS, whether it draws r0.

@group(0) @binding(1) var<storage, read> key: array<u32>;
@group(0) @binding(2) var<storage, read> logStepSizes: array<f32>;
// position, gradient (both padded to the stride), log density
@group(0) @binding(3) var<storage, read> state: array<f32>;
@group(0) @binding(4) var<storage, read> proposedGradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> proposedPosition: array<f32>;
// r0 and r (both padded to the stride), log u
@group(0) @binding(6) var<storage, read_write> momenta: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = gid.x + gid.y * groups.x * 64u;
  if (e >= params.chains * params.dim) { return; }
  let chain = e / params.dim;
  let i = e % params.dim;
  let stepSize = exp(logStepSizes[params.transition * params.dim + i]);

  if (STARTS) {
    let k = vec2u(key[0], key[1]);
    var momentum = momenta[e];
    if (DRAWS) {
      let pair = momentumPair(k, chain, params.transition, i / 2u, params.dim);
      momentum = select(pair.x, pair.y, i % 2u == 1u);
      momenta[e] = momentum;
    }
    let kicked = momentum + 0.5 * stepSize * state[params.stride + e];
    momenta[params.stride + e] = kicked;
    proposedPosition[e] = state[e] + stepSize * kicked;
    if (i == 0u) { momenta[2u * params.stride + chain] = logAcceptUniform(k, chain, params.transition, params.dim); }
  } else {
    let kicked = momenta[params.stride + e] + stepSize * proposedGradient[e];
    momenta[params.stride + e] = kicked;
    proposedPosition[e] += stepSize * kicked;
  }
}
