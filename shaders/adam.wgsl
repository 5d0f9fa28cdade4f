// Adam (Kingma & Ba 2015), with L2 weight decay added to the gradient:
//   g = gradient + decay * value;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   value -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + tiny),  t = (step - first) / every + 1
//   value, gradient, m, v : [count]    four times four elements per invocation; count is a multiple of 4
struct Params { count: u32, first: u32, every: u32, rate: f32, b1: f32, b2: f32, decay: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> value: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> v: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_id) invocation: vec3u) {
  let t = f32((step[0] - params.first) / params.every + 1u);
  let rate = params.rate / (1.0 - pow(params.b1, t));
  let scale = 1.0 / (1.0 - pow(params.b2, t));
  let first = (group.x + group.y * groups.x) * 256u + invocation.x;
  for (var i = first; i < min(first + 256u, params.count / 4u); i += 64u) {
    let before = value[i];
    let g = gradient[i] + params.decay * before;
    let m1 = params.b1 * m[i] + (1.0 - params.b1) * g;
    let v1 = params.b2 * v[i] + (1.0 - params.b2) * g * g;
    m[i] = m1;
    v[i] = v1;
    value[i] = before - rate * m1 / (sqrt(scale * v1) + 1e-8);
  }
}
