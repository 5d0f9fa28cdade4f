// T transitions of Hamiltonian Monte Carlo, whole, for a few chains per invocation: everything in registers but the
// weights, which stream past hidden unit by hidden unit. The chains are those of leapfrog.wgsl and metropolis.wgsl:
//   r <- r + phi/2 g;  L times: q <- q + phi r, r <- r + phi g(q) (half at the end);  accept if log u < -dH
// with the same random numbers. The gradient at the accepted position is kept, so a transition costs L evaluations, and
// one more where the density's noise changes from trajectory to trajectory.
//   rows [B, ROW_WIDTH]; logStepSizes [T, K]; noise: T arrays [N, D], noiseStride apart
//   state: position [N, K], gradient [N, K] (both padded to the stride), log density [N]
//   energyChanges: dH [T, N]; derivatives [T, N, K]

// src/sampler/fused/kernel.ts sets V, a float for each chain of the invocation, and what goes with it (CHAINS, component,
// nonFinite, staged and unstaged), DIM, FEATURES, WORKGROUP, NOISE, loadRow() and evaluate(), which returns the
// log density at `position` and leaves its gradient in `gradient`.
//
// Arrays indexed by constants become registers; loops over i < DIM are unrolled for that. Memory is read and written in loops
// of a length that the compiler does not know, through `stage`: unrolled, they would be most of the code.

struct Params {
  chains: u32,
  // the first chain of this dispatch
  first: u32,
  chainsPerRow: u32,
  transitions: u32,
  leapfrogSteps: u32,
  stride: u32,
  noiseStride: u32,
  // whether they are wanted: 0 or 1
  derivatives: u32,
  // 1, unknown to the compiler
  one: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> key: vec2u;
@group(0) @binding(2) var<storage, read> logStepSizes: array<f32>;
@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>;
@group(0) @binding(5) var<storage, read_write> state: array<f32>;
@group(0) @binding(6) var<storage, read_write> energyChanges: array<f32>;
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
var<private> stepSizes: array<f32, DIM>;
var<private> codeNoise: array<V, FEATURES>;
// numbers on their way from and to memory: those of chain c from c * STAGE on
var<private> stage: array<f32, CHAINS * STAGE>;

// Chains beyond the last repeat it and store nothing: every invocation stays active.
fn chainOf(c: u32) -> u32 {
  return min(firstChain + c, params.chains - 1u);
}

// Made at run time: a constant that is not finite does not compile.
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}

fn loadPosition() {
  for (var n = 0u; n < CHAINS * DIM * params.one; n++) {
    stage[n / DIM * STAGE + n % DIM] = state[chainOf(n / DIM) * DIM + n % DIM];
  }
  for (var i = 0u; i < DIM; i++) { position[i] = staged(i); }
}

fn storeState() {
  for (var i = 0u; i < DIM; i++) {
    unstaged(i, keptPosition[i]);
    unstaged(DIM + i, keptGradient[i]);
  }
  unstaged(2u * DIM, keptLogDensity);
  for (var n = 0u; n < CHAINS * DIM * params.one; n++) {
    let chain = firstChain + n / DIM;
    let i = n % DIM;
    if (chain < params.chains) {
      state[chain * DIM + i] = stage[n / DIM * STAGE + i];
      state[params.stride + chain * DIM + i] = stage[n / DIM * STAGE + DIM + i];
      if (i == 0u) { state[2u * params.stride + chain] = stage[n / DIM * STAGE + 2u * DIM]; }
    }
  }
}

// Momenta and the Metropolis test's uniform: momentumPair and logAcceptUniform of hmc-random.wgsl in one loop, which is
// compiled once.
fn drawMomentum(t: u32) {
  let pairs = hmcPairs(DIM);
  for (var n = 0u; n < CHAINS * (hmcPairs(DIM) + 1u) * params.one; n++) {
    let c = n / (pairs + 1u);
    let slot = n % (pairs + 1u);
    let words = threefry2x32(key, vec2u(chainOf(c), t * (pairs + 1u) + slot));
    let exponential = standardExponential(words.x);
    let normals = sqrt(2.0 * exponential) * randomDirection(words.y);
    stage[c * STAGE + 2u * slot] = select(normals.x, -exponential, slot == pairs);
    stage[c * STAGE + 2u * slot + 1u] = normals.y;
  }
  for (var i = 0u; i < DIM; i++) { startMomentum[i] = staged(i); }
  logUniform = staged(2u * pairs);
}

fn takeNoise(t: u32) {
  for (var d = 0u; d < FEATURES * params.one; d++) {
    var drawn: V;
    for (var c = 0u; c < CHAINS; c++) {
      drawn = withComponent(drawn, c, noise[t * params.noiseStride + chainOf(c) * FEATURES + d]);
    }
    codeNoise[d] = drawn;
  }
}

fn startTrajectory(t: u32) {
  for (var i = 0u; i < DIM * params.one; i++) { stepSizes[i] = exp(logStepSizes[t * DIM + i]); }
  drawMomentum(t);
  for (var i = 0u; i < DIM; i++) {
    momentum[i] = startMomentum[i] + 0.5 * stepSizes[i] * keptGradient[i];
    position[i] = keptPosition[i] + stepSizes[i] * momentum[i];
  }
}

fn leapfrogStep() {
  for (var i = 0u; i < DIM; i++) {
    momentum[i] += stepSizes[i] * gradient[i];
    position[i] += stepSizes[i] * momentum[i];
  }
}

// The last half kick and the Metropolis test. A chain that met a value that is not finite keeps its whole state; its dH
// is recorded as +infinity. With the gradients taken as constants, d q / d log phi = 2 (q - q0) - L phi r0.
fn endTrajectory(t: u32, logDensity: V) {
  var broken = nonFinite(logDensity);
  var kineticChange = V(0.0);
  for (var i = 0u; i < DIM; i++) {
    let start = startMomentum[i];
    let end = momentum[i] + 0.5 * stepSizes[i] * gradient[i];
    broken = broken | nonFinite(position[i]) | nonFinite(end);
    // |r|^2 - |r0|^2 as a product: the difference of the squares would lose digits
    kineticChange += 0.5 * (end - start) * (end + start);
  }
  let energyChange = keptLogDensity - logDensity + kineticChange;
  broken = broken | nonFinite(energyChange);
  let accepted = !broken & (logUniform < -energyChange);
  let change = select(energyChange, V(infinity()), broken);
  for (var c = 0u; c < CHAINS; c++) {
    if (firstChain + c < params.chains) {
      energyChanges[t * params.chains + firstChain + c] = component(change, c);
    }
  }
  if (params.derivatives == 1u) {
    for (var i = 0u; i < DIM; i++) {
      let moved = 2.0 * (position[i] - keptPosition[i]) - f32(params.leapfrogSteps) * stepSizes[i] * startMomentum[i];
      unstaged(i, select(V(0.0), moved, accepted));
    }
    for (var n = 0u; n < CHAINS * DIM * params.one; n++) {
      let chain = firstChain + n / DIM;
      if (chain < params.chains) { derivatives[(t * params.chains + chain) * DIM + n % DIM] = stage[n / DIM * STAGE + n % DIM]; }
    }
  }
  for (var i = 0u; i < DIM; i++) {
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
  loadPosition();
  if (NOISE) { takeNoise(0u); }
  // 0 at the start of a trajectory, where the density is only evaluated
  var step = 0u;
  var t = 0u;
  loop {
    let logDensity = evaluate();
    if (step > 0u && step < params.leapfrogSteps) {
      leapfrogStep();
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
  storeState();
}
