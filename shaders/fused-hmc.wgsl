// T transitions of Hamiltonian Monte Carlo, whole, for a few chains per invocation: everything in registers but the
// weights, which stream past hidden unit by hidden unit. The chains are those of leapfrog.wgsl and metropolis.wgsl:
//   r <- r + phi/2 g;  L times: q <- q + phi r, r <- r + phi g(q) (half at the end);  accept if log u < -dH
// with the same random numbers. The gradient at the accepted position is kept, so a transition costs L evaluations, and
// one more where the density's noise changes from trajectory to trajectory.
//   rows [B, ROW_WIDTH]; logStepSizes [T, K]; noise: T arrays [N, D], noiseStride apart
//   state: position [N, K], gradient [N, K] (both padded to the stride), log density [N]
//   outputs: dH [T, N], energy [T, N] (padded to outputStride); derivatives [T, N, K]
// src/sampler/fused/kernel.ts sets V, a float for each chain of the invocation, and what goes with it (CHAINS,
// component, withComponent, nonFinite), DIM, FEATURES, WORKGROUP, DERIVATIVES, NOISE, loadRow() and evaluate(), which
// returns the log density at `position` and leaves its gradient in `gradient`.

struct Params {
  chains: u32,
  // the first chain of this dispatch
  first: u32,
  chainsPerRow: u32,
  transitions: u32,
  leapfrogSteps: u32,
  stride: u32,
  outputStride: u32,
  noiseStride: u32,
  // added to a chain's number where random numbers are drawn
  firstRandom: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> key: array<u32>;
@group(0) @binding(2) var<storage, read> logStepSizes: array<f32>;
@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>;
@group(0) @binding(5) var<storage, read_write> state: array<f32>;
@group(0) @binding(6) var<storage, read_write> outputs: array<f32>;
@group(0) @binding(7) var<storage, read_write> derivatives: array<f32>;

// the first chain of this invocation
var<private> firstChain: u32;
// of the trajectory
var<private> position: array<V, DIM>;
var<private> gradient: array<V, DIM>;
var<private> momentum: array<V, DIM>;
var<private> startMomentum: array<V, DIM>;
var<private> logUniform: V;
// the state it started from
var<private> keptPosition: array<V, DIM>;
var<private> keptGradient: array<V, DIM>;
var<private> keptLogDensity: V;
var<private> codeNoise: array<V, FEATURES>;

// Chains beyond the last repeat it and store nothing: every invocation stays active.
fn chainOf(c: u32) -> u32 {
  return min(firstChain + c, params.chains - 1u);
}

// Made at run time: a constant that is not finite does not compile.
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}

fn drawMomentum(t: u32) {
  let k = vec2u(key[0], key[1]);
  // in an array of its own: indexed at run time, it is no register
  var drawn: array<V, DIM + 1u>;
  for (var c = 0u; c < CHAINS; c++) {
    let chain = params.firstRandom + chainOf(c);
    for (var pair = 0u; pair < (DIM + 1u) / 2u; pair++) {
      let normals = momentumPair(k, chain, t, pair, DIM);
      drawn[2u * pair] = withComponent(drawn[2u * pair], c, normals.x);
      // the second normal of an odd dimension's last pair is overwritten below
      drawn[2u * pair + 1u] = withComponent(drawn[2u * pair + 1u], c, normals.y);
    }
    drawn[DIM] = withComponent(drawn[DIM], c, logAcceptUniform(k, chain, t, DIM));
  }
  for (var i = 0u; i < DIM; i++) { startMomentum[i] = drawn[i]; }
  logUniform = drawn[DIM];
}

fn takeNoise(t: u32) {
  for (var d = 0u; d < FEATURES; d++) {
    for (var c = 0u; c < CHAINS; c++) {
      codeNoise[d] = withComponent(codeNoise[d], c, noise[t * params.noiseStride + chainOf(c) * FEATURES + d]);
    }
  }
}

fn startTrajectory(t: u32) {
  drawMomentum(t);
  for (var i = 0u; i < DIM; i++) {
    let phi = exp(logStepSizes[t * DIM + i]);
    momentum[i] = startMomentum[i] + 0.5 * phi * keptGradient[i];
    position[i] = keptPosition[i] + phi * momentum[i];
  }
}

fn leapfrogStep(t: u32) {
  for (var i = 0u; i < DIM; i++) {
    let phi = exp(logStepSizes[t * DIM + i]);
    momentum[i] += phi * gradient[i];
    position[i] += phi * momentum[i];
  }
}

// The last half kick and the Metropolis test. A chain that met a value that is not finite keeps its whole state; its dH
// is recorded as +infinity. With the gradients taken as constants, d q / d log phi = 2 (q - q0) - L phi r0.
fn endTrajectory(t: u32, logDensity: V) {
  var broken = nonFinite(logDensity);
  var kinetic = V(0.0);
  var kineticChange = V(0.0);
  for (var i = 0u; i < DIM; i++) {
    let start = startMomentum[i];
    let end = momentum[i] + 0.5 * exp(logStepSizes[t * DIM + i]) * gradient[i];
    broken = broken | nonFinite(position[i]) | nonFinite(end);
    // |r|^2 - |r0|^2 as a product: the difference of the squares would lose digits
    kineticChange += 0.5 * (end - start) * (end + start);
    kinetic += 0.5 * start * start;
  }
  let energyChange = keptLogDensity - logDensity + kineticChange;
  broken = broken | nonFinite(energyChange);
  let accepted = !broken & (logUniform < -energyChange);
  let change = select(energyChange, V(infinity()), broken);
  let energy = kinetic - keptLogDensity + select(V(0.0), energyChange, accepted);
  for (var c = 0u; c < CHAINS; c++) {
    if (firstChain + c < params.chains) {
      let at = t * params.chains + firstChain + c;
      outputs[at] = component(change, c);
      outputs[params.outputStride + at] = component(energy, c);
    }
  }
  for (var i = 0u; i < DIM; i++) {
    if (DERIVATIVES) {
      let phi = exp(logStepSizes[t * DIM + i]);
      let moved = 2.0 * (position[i] - keptPosition[i]) - f32(params.leapfrogSteps) * phi * startMomentum[i];
      let derivative = select(V(0.0), moved, accepted);
      for (var c = 0u; c < CHAINS; c++) {
        let at = t * params.chains + firstChain + c;
        if (firstChain + c < params.chains) { derivatives[at * DIM + i] = component(derivative, c); }
      }
    }
    keptPosition[i] = select(keptPosition[i], position[i], accepted);
    keptGradient[i] = select(keptGradient[i], gradient[i], accepted);
  }
  keptLogDensity = select(keptLogDensity, logDensity, accepted);
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) invocation: u32, LANE
) {
  firstChain = params.first + ((group.x + group.y * groups.x) * WORKGROUP + invocation) * CHAINS;
  setLane();
  loadRow();
  for (var i = 0u; i < DIM; i++) {
    for (var c = 0u; c < CHAINS; c++) { position[i] = withComponent(position[i], c, state[chainOf(c) * DIM + i]); }
  }
  if (NOISE) { takeNoise(0u); }
  // 0 at the start of a trajectory, where the density is only evaluated
  var step = 0u;
  var t = 0u;
  loop {
    let logDensity = evaluate();
    if (step > 0u && step < params.leapfrogSteps) {
      leapfrogStep(t);
      step++;
      continue;
    }
    if (step == 0u) {
      for (var i = 0u; i < DIM; i++) {
        keptPosition[i] = position[i];
        keptGradient[i] = gradient[i];
      }
      keptLogDensity = logDensity;
    } else {
      endTrajectory(t, logDensity);
      t++;
      if (NOISE && t < params.transitions) {
        takeNoise(t);
        for (var i = 0u; i < DIM; i++) { position[i] = keptPosition[i]; }
        step = 0u;
        continue;
      }
    }
    if (t == params.transitions) { break; }
    startTrajectory(t);
    step = 1u;
  }
  for (var c = 0u; c < CHAINS; c++) {
    if (firstChain + c >= params.chains) { continue; }
    for (var i = 0u; i < DIM; i++) {
      state[(firstChain + c) * DIM + i] = component(keptPosition[i], c);
      state[params.stride + (firstChain + c) * DIM + i] = component(keptGradient[i], c);
    }
    state[2u * params.stride + firstChain + c] = component(keptLogDensity, c);
  }
}
