// Joint histograms of every candidate with the targets, for each group of draws, in one pass over the draws:
//   counts[row, candidate, group, a * cells + b] = number of draws of the group with x in bin a and y in joint cell b
//   x : [rows, S, D]    y : [rows, S, P]    xRange : [rows, D], yRange : [rows, P] as (smallest, largest)
//   bins : [D + P] as (number, 1 if continuous)    starts : [D] where a candidate's cells start among a group's `size`
// A continuous variable has equal-width bins over its range in the row, a discrete one a bin for each level; the joint cells
// of the targets are all combinations of their bins. One group of one candidate per invocation, whose counts are its own.
struct Params { rows: u32, draws: u32, features: u32, targets: u32, groups: u32, cells: u32, size: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> xRange: array<vec2f>;
@group(0) @binding(4) var<storage, read> yRange: array<vec2f>;
@group(0) @binding(5) var<storage, read> bins: array<vec2u>;
@group(0) @binding(6) var<storage, read> starts: array<u32>;
@group(0) @binding(7) var<storage, read_write> counts: array<u32>;

// floor((value - smallest) / width), the largest value in the last bin
fn binOf(value: f32, range: vec2f, bin: vec2u) -> u32 {
  let last = bin.x - 1u;
  if (bin.y == 0u) { return min(u32(max(value, 0.0)), last); }
  if (range.y <= range.x) { return 0u; }
  return min(u32((value - range.x) / (range.y - range.x) * f32(bin.x)), last);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = gid.x + gid.y * groups.x * 64u;
  if (i >= params.rows * params.features * params.groups) { return; }
  let group = i % params.groups;
  let d = i / params.groups % params.features;
  let row = i / (params.groups * params.features);
  let range = xRange[row * params.features + d];
  let start = (row * params.groups + group) * params.size + starts[d];
  for (var c = 0u; c < bins[d].x * params.cells; c++) { counts[start + c] = 0u; }
  let last = row * params.draws + (group + 1u) * params.draws / params.groups;
  for (var s = row * params.draws + group * params.draws / params.groups; s < last; s++) {
    var cell = binOf(x[s * params.features + d], range, bins[d]);
    for (var p = 0u; p < params.targets; p++) {
      let bin = bins[params.features + p];
      cell = cell * bin.x + binOf(y[s * params.targets + p], yRange[row * params.targets + p], bin);
    }
    counts[start + cell] += 1u;
  }
}
