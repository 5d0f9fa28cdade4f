// Copies weights into the order in which the fused chain streams them: destination[moves[n].y] = source[moves[n].x].
//   moves : [count] pairs of element indices    one move per invocation

@group(0) @binding(0) var<storage, read> moves: array<vec2u>;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> destination: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let n = gid.x + gid.y * groups.x * 64u;
  if (n >= arrayLength(&moves)) { return; }
  let pair = moves[n];
  destination[pair.y] = source[pair.x];
}
