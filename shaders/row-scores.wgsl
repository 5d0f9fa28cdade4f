// log-likelihoods of rows under the draws of one part, one workgroup a result, lanes over the n draws that count, of which
// draw i is the (i + 1/2) made / n -th of those the part has:
//   result[b, t] = log sum_i exp(mean over columns d of log p(x_bd | draw i)),  t = 0, 1: over hidden columns, of logProb and of
//   weighted; t = 2, 3: over seen ones; t = 4 + d: of the hidden column d alone. With `together` the sum over columns instead.
//   logProb, weighted : [rows, made, columns]    state : [rows, columns], 1 hidden and scored, 2 seen, 0 neither
//   result : [rows, 4 + columns], -1e30 where there is no column to score
struct Params { rows: u32, made: u32, draws: u32, columns: u32, together: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logProb: array<f32>;
@group(0) @binding(2) var<storage, read> weighted: array<f32>;
@group(0) @binding(3) var<storage, read> state: array<f32>;
@group(0) @binding(4) var<storage, read_write> result: array<f32>;

const LANES = 64u;
const NONE = -1e30;

// Largest value m so far, and the sum of e^(value - m).
var<workgroup> partial: array<vec2f, 64>;

fn joined(a: vec2f, b: vec2f) -> vec2f {
  let most = max(a.x, b.x);
  return vec2f(most, a.y * exp(a.x - most) + b.y * exp(b.x - most));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = group.x + group.y * groups.x;
  let width = 4u + params.columns;
  let row = index / width;
  let task = index % width;
  if (row >= params.rows) { return; }
  let wanted = select(1.0, 2.0, task == 2u || task == 3u);
  let byWeight = task == 1u || task == 3u;
  var from_ = 0u;
  var to = params.columns;
  if (task >= 4u) {
    from_ = task - 4u;
    to = from_ + 1u;
  }
  var count = 0.0;
  for (var d = from_; d < to; d++) { count += select(0.0, 1.0, state[row * params.columns + d] == wanted); }
  let share = select(1.0 / max(1.0, count), 1.0, params.together == 1u);
  var own = vec2f(NONE, 0.0);
  for (var i = lane; i < params.draws; i += LANES) {
    let s = (2u * i + 1u) * params.made / (2u * params.draws);
    let at = (row * params.made + s) * params.columns;
    var value = 0.0;
    for (var d = from_; d < to; d++) {
      if (state[row * params.columns + d] == wanted) {
        if (byWeight) { value += weighted[at + d]; } else { value += logProb[at + d]; }
      }
    }
    own = joined(own, vec2f(max(NONE, value * share), 1.0));
  }
  partial[lane] = own;
  for (var stride = LANES / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if (lane < stride) { partial[lane] = joined(partial[lane], partial[lane + stride]); }
  }
  if (lane == 0u) { result[index] = select(NONE, partial[0].x + log(partial[0].y), count > 0.0); }
}
