// result[i] = origin[i], word by word; one per invocation.

@group(0) @binding(0) var<storage, read> origin: array<u32>;
@group(0) @binding(1) var<storage, read_write> result: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= arrayLength(&result)) { return; }
  result[i] = origin[i];
}
