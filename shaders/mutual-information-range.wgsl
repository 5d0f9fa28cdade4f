// Smallest and largest value of every variable over the draws of each row.
//   values : [rows, S, variables]    range : [rows, variables] as (smallest, largest)    one variable of a row per invocation
struct Params { rows: u32, draws: u32, variables: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> range: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= params.rows * params.variables) { return; }
  let first = i / params.variables * params.draws * params.variables + i % params.variables;
  var lowest = values[first];
  var highest = lowest;
  for (var s = 1u; s < params.draws; s++) {
    let value = values[first + s * params.variables];
    lowest = min(lowest, value);
    highest = max(highest, value);
  }
  range[i] = vec2f(lowest, highest);
}
