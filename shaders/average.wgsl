// Running average of the parameters: average <- a average + (1 - a) value,  a = min(decay, (1 + t) / (10 + t)),  t = step - first
//   value, average : [count]    four times four elements per invocation; count is a multiple of 4
struct Params { count: u32, first: u32, decay: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read> value: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> average: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
  let t = f32(step[0] - params.first);
  let a = min(params.decay, (1.0 + t) / (10.0 + t));
  let first = (group.x + group.y * groups.x) * 256u + invocation.x;
  for (var i = first; i < min(first + 256u, params.count / 4u); i += 64u) { average[i] = mix(value[i], average[i], a); }
}
