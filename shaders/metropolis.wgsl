// The end of a trajectory: the last half kick and the Metropolis test, one chain per invocation.
//   r <- r + phi/2 g;   dH = log p(q0) - log p(q) + (|r|^2 - |r0|^2) / 2;   accept if log u < -dH
// A chain that met a value that is not finite keeps its whole state; its dH is recorded as +infinity.
// With the gradients taken as constants, q = q0 + L phi r0 + phi^2 (...), so that
//   d q / d log phi = 2 (q - q0) - L phi r0, and 0 where the proposal is rejected.
//   logStepSizes [T, K]; proposed* as in leapfrog.wgsl; outputs: dH [T, N], energy [T, N], derivatives [T, N, K]
// Set by the caller: Params (lib/transition.wgsl) and DERIVATIVES.

@group(0) @binding(1) var<storage, read> logStepSizes: array<f32>;
@group(0) @binding(2) var<storage, read> proposedPosition: array<f32>;
@group(0) @binding(3) var<storage, read> proposedGradient: array<f32>;
@group(0) @binding(4) var<storage, read> proposedLogDensity: array<f32>;
@group(0) @binding(5) var<storage, read_write> momenta: array<f32>;
@group(0) @binding(6) var<storage, read_write> state: array<f32>;
@group(0) @binding(7) var<storage, read_write> outputs: array<f32>;
@group(0) @binding(8) var<storage, read_write> derivatives: array<f32>;

// Made at run time: a constant that is not finite does not compile.
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let chain = gid.x + gid.y * groups.x * 64u;
  if (chain >= params.chains) { return; }
  let first = chain * params.dim;
  let stride = params.stride;
  let logDensityAt = 2u * stride + chain;
  let logDensity = proposedLogDensity[chain];

  var finite = !isNonFinite(logDensity);
  var kineticChange = 0.0;
  var kinetic = 0.0;
  for (var i = 0u; i < params.dim; i++) {
    let e = first + i;
    let start = momenta[e];
    let stepSize = exp(logStepSizes[params.transition * params.dim + i]);
    let end = momenta[stride + e] + 0.5 * stepSize * proposedGradient[e];
    momenta[stride + e] = end;
    finite = finite && !isNonFinite(proposedPosition[e]) && !isNonFinite(end);
    // |r|^2 - |r0|^2 as a product: the difference of the squares would lose digits
    kineticChange += 0.5 * (end - start) * (end + start);
    kinetic += 0.5 * start * start;
  }
  let energyChange = state[logDensityAt] - logDensity + kineticChange;
  finite = finite && !isNonFinite(energyChange);
  let accepted = finite && momenta[2u * stride + chain] < -energyChange;

  let at = params.transition * params.chains + chain;
  outputs[at] = select(infinity(), energyChange, finite);
  outputs[params.outputStride + at] = kinetic - state[logDensityAt] + select(0.0, energyChange, accepted);

  for (var i = 0u; i < params.dim; i++) {
    let e = first + i;
    if (DERIVATIVES) {
      let stepSize = exp(logStepSizes[params.transition * params.dim + i]);
      let derivative = 2.0 * (proposedPosition[e] - state[e]) - f32(params.leapfrogSteps) * stepSize * momenta[e];
      derivatives[params.transition * params.chains * params.dim + e] = select(0.0, derivative, accepted);
    }
    if (accepted) {
      state[e] = proposedPosition[e];
      state[stride + e] = proposedGradient[e];
    }
  }
  if (accepted) { state[logDensityAt] = logDensity; }
}
