// T transitions of Hamiltonian Monte Carlo, whole, for a few chains per invocation. Weights stream past hidden unit by hidden
// unit; no activation is ever stored. The chains are those of leapfrog.wgsl and metropolis.wgsl:
//   r <- r + phi/2 g;  L times: q <- q + phi r, r <- r + phi g(q) (half at the end);  accept if log u < -dH
// with the same random numbers. The gradient at the accepted position is kept, so a transition costs L evaluations, and
// one more where the density's noise changes from trajectory to trajectory.
//   rows [B, ROW_WIDTH]; logStepSizes [T, K]; noise: T arrays [N, D], noiseStride apart
//   state: position [N, K], gradient [N, K] (both padded to the stride), log density [N]
//   energyChanges: dH [T, N]; derivatives [T, N, K]
// The arrays may hold a part of all chains, N from the chain `offset` on: then rows is still [B, ROW_WIDTH], and the random
// numbers are those of all chains.
//
// src/sampler/fused/kernel.ts sets V, a float for each chain of the invocation, and what goes with it (CHAINS, component,
// withComponent, nonFinite), DIM, FEATURES, WORKGROUP, SHARED (whether the workgroup shares a chain), NOISE, loadRow() and evaluate(), which returns the log density at
// `position` and leaves its gradient in `gradient`. Only evaluate() is worth unrolling. All other loops go to a length that
// the compiler does not know (times params.one), and so the chain's arrays stay in memory: unrolled and in registers, they
// would be most of the code, copied at every turn of the main loop.

struct Params {
  // in the arrays
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
  // chains before those in the arrays
  offset: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<uniform> key: vec2u;
@group(0) @binding(2) var<storage, read> logStepSizes: array<f32>;
@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read> noise: array<f32>;
@group(0) @binding(5) var<storage, read_write> state: array<f32>;
@group(0) @binding(6) var<storage, read_write> energyChanges: array<f32>;
@group(0) @binding(7) var<storage, read_write> derivatives: array<f32>;

// which of the invocations that share a chain this one is; 0 where none do
var<private> member: u32;
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

// Whether this invocation writes what becomes of a chain: of those that share it the first.
fn writes(chain: u32) -> bool {
  return chain < params.chains && member == 0u;
}

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
  for (var i = 0u; i < DIM * params.one; i++) {
    for (var c = 0u; c < CHAINS * params.one; c++) {
      position[i] = withComponent(position[i], c, state[chainOf(c) * DIM + i]);
    }
  }
}

fn keepState(logDensity: V, accepted: B) {
  for (var i = 0u; i < DIM * params.one; i++) {
    keptPosition[i] = select(keptPosition[i], position[i], accepted);
    keptGradient[i] = select(keptGradient[i], gradient[i], accepted);
  }
  keptLogDensity = select(keptLogDensity, logDensity, accepted);
}

fn storeState() {
  for (var c = 0u; c < CHAINS * params.one; c++) {
    let chain = firstChain + c;
    if (!writes(chain)) { break; }
    for (var i = 0u; i < DIM * params.one; i++) {
      state[chain * DIM + i] = component(keptPosition[i], c);
      state[params.stride + chain * DIM + i] = component(keptGradient[i], c);
    }
    state[2u * params.stride + chain] = component(keptLogDensity, c);
  }
}

// Momenta and the Metropolis test's uniform: momentumPair and logAcceptUniform of hmc-random.wgsl in one loop, which is
// compiled once.
fn drawMomentum(t: u32) {
  let pairs = hmcPairs(DIM);
  for (var n = 0u; n < CHAINS * (pairs + 1u) * params.one; n++) {
    let c = n % CHAINS;
    let slot = n / CHAINS;
    let words = threefry2x32(key, vec2u(params.offset + chainOf(c), t * (pairs + 1u) + slot));
    let exponential = standardExponential(words.x);
    if (slot == pairs) {
      logUniform = withComponent(logUniform, c, -exponential);
    } else {
      let normals = sqrt(2.0 * exponential) * randomDirection(words.y);
      startMomentum[2u * slot] = withComponent(startMomentum[2u * slot], c, normals.x);
      if (2u * slot + 1u < DIM) { startMomentum[2u * slot + 1u] = withComponent(startMomentum[2u * slot + 1u], c, normals.y); }
    }
  }
}

fn takeNoise(t: u32) {
  for (var d = 0u; d < FEATURES * params.one; d++) {
    for (var c = 0u; c < CHAINS * params.one; c++) {
      codeNoise[d] = withComponent(codeNoise[d], c, noise[t * params.noiseStride + chainOf(c) * FEATURES + d]);
    }
  }
}

fn startTrajectory(t: u32) {
  drawMomentum(t);
  for (var i = 0u; i < DIM * params.one; i++) {
    stepSizes[i] = exp(logStepSizes[t * DIM + i]);
    momentum[i] = startMomentum[i] + 0.5 * stepSizes[i] * keptGradient[i];
    position[i] = keptPosition[i] + stepSizes[i] * momentum[i];
  }
}

fn leapfrogStep() {
  for (var i = 0u; i < DIM * params.one; i++) {
    momentum[i] += stepSizes[i] * gradient[i];
    position[i] += stepSizes[i] * momentum[i];
  }
}

// The last half kick and the Metropolis test. A chain that met a value that is not finite keeps its whole state; its dH
// is recorded as +infinity. With the gradients taken as constants, d q / d log phi = 2 (q - q0) - L phi r0.
fn endTrajectory(t: u32, logDensity: V) {
  var broken = nonFinite(logDensity);
  var kineticChange = V(0.0);
  for (var i = 0u; i < DIM * params.one; i++) {
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
  for (var c = 0u; c < CHAINS * params.one; c++) {
    let at = t * params.chains + firstChain + c;
    if (!writes(firstChain + c)) { break; }
    energyChanges[at] = component(change, c);
    for (var i = 0u; i < DIM * params.derivatives; i++) {
      let moved = 2.0 * (position[i] - keptPosition[i]) - f32(params.leapfrogSteps) * stepSizes[i] * startMomentum[i];
      derivatives[at * DIM + i] = component(select(V(0.0), moved, accepted), c);
    }
  }
  keepState(logDensity, accepted);
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) invocation: u32, LANE
) {
  let workgroup = group.x + group.y * groups.x;
  firstChain = params.first + select((workgroup * WORKGROUP + invocation) * CHAINS, workgroup, SHARED);
  member = select(0u, invocation, SHARED);
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
      keepState(logDensity, B(true));
    } else {
      endTrajectory(t, logDensity);
      t++;
      if (NOISE && t < params.transitions) {
        takeNoise(t);
        for (var i = 0u; i < DIM * params.one; i++) { position[i] = keptPosition[i]; }
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
