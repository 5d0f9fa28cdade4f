// One step of the reverse sweep through the trajectories of N chains: how q_L moves the objective is carried back to q_0.
// Forward, per dimension (c = 1/2 on the first step, 1 on the others; s stands for the step size):
//   r_j = r_(j-1) + c s g(q_(j-1));   q_j = q_(j-1) + s r_j                           j = 1..L
// Backward, with the cotangents a of q and b of r, from j = L:
//   b += s a;   v = c s b;   a += H(q_(j-1)) v;   d / d log s += s a r_j + v g(q_(j-1))
// Leapfrog is reversible, so that q_(j-1) = q_j - s r_j and r_(j-1) = r_j - c s g(q_(j-1)) are found on the way. Between
// two steps a program evaluates g and H v at q_(j-1). A chain whose proposal was rejected stays where it is, with v = 0.
//   one element [N, K] per invocation
// Set by the caller: BEGINS, whether no evaluation of this trajectory comes before; ENDS, whether none follows.

struct Params {
  chains: u32,
  dim: u32,
  transition: u32,
  // j
  step: u32,
  // elements from one part of `kept`, `adjoint` and `points` to the next
  stride: u32,
  // elements from one part of `trail` to the next
  trailStride: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logStepSizes: array<f32>;
// of each transition: proposed position, momentum and gradient, and the position after the Metropolis test
@group(0) @binding(2) var<storage, read> kept: array<f32>;
// g and H v of the last evaluation
@group(0) @binding(3) var<storage, read> gradient: array<f32>;
@group(0) @binding(4) var<storage, read> product: array<f32>;
// a, b, r and whether the chain moved
@group(0) @binding(5) var<storage, read_write> adjoint: array<f32>;
// where to evaluate next: q and v
@group(0) @binding(6) var<storage, read_write> points: array<f32>;
// of this transition q [L, N, K] and v [L, N, K]; of all, d / d log s [T, N, K]
@group(0) @binding(7) var<storage, read_write> trail: array<f32>;

fn part(index: u32, e: u32) -> u32 {
  return index * params.stride + e;
}

// An accepted proposal was copied, bit by bit.
fn chainMoved(e: u32) -> bool {
  let first = e - e % params.dim;
  var same = true;
  for (var i = 0u; i < params.dim; i++) {
    let proposed = bitcast<u32>(kept[part(4u * params.transition, first + i)]);
    same = same && proposed == bitcast<u32>(kept[part(4u * params.transition + 3u, first + i)]);
  }
  return same;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let e = gid.x + gid.y * groups.x * 64u;
  let size = params.chains * params.dim;
  if (e >= size) { return; }
  let stepSize = exp(logStepSizes[params.transition * params.dim + e % params.dim]);
  let ofStepSize = 2u * params.trailStride + params.transition * size + e;

  var a = adjoint[e];
  var b = 0.0;
  var r = 0.0;
  var q = 0.0;
  var moved = true;
  var derivative = 0.0;
  if (BEGINS) {
    moved = chainMoved(e);
    q = kept[part(4u * params.transition + 3u, e)];
    // the half kick at the end of the trajectory, undone
    r = kept[part(4u * params.transition + 1u, e)] - 0.5 * stepSize * kept[part(4u * params.transition + 2u, e)];
    adjoint[part(3u, e)] = select(0.0, 1.0, moved);
  } else {
    moved = adjoint[part(3u, e)] > 0.5;
    b = adjoint[part(1u, e)];
    q = points[e];
    derivative = trail[ofStepSize];
    if (moved) {
      a += product[e];
      derivative += points[part(1u, e)] * gradient[e];
      r = adjoint[part(2u, e)] - stepSize * gradient[e];
    }
  }

  if (!ENDS) {
    var v = 0.0;
    if (moved) {
      b += stepSize * a;
      derivative += stepSize * a * r;
      q -= stepSize * r;
      v = select(1.0, 0.5, params.step == 1u) * stepSize * b;
    }
    adjoint[part(1u, e)] = b;
    adjoint[part(2u, e)] = r;
    points[e] = q;
    points[part(1u, e)] = v;
    let at = (params.step - 1u) * size + e;
    trail[at] = q;
    trail[params.trailStride + at] = v;
  }
  adjoint[e] = a;
  trail[ofStepSize] = derivative;
}
