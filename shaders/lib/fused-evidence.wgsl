// What a log-density needs of an observed value x, found once a row; three numbers each:
//   count    the edges of what is nearest to the number, upper and lower (far below for 0), on the coded scale, and their distance
//   binned   the bin b that holds x; log((1 - e) / width_b) (far below where no bin does); log(e N(x; 0, s^2)).
//            Of counts both logarithms plus that of the width that is nearest to the number.
//   spiked   the atom that x is, or -1; minus the log of its width; x
//   others   x
// Numbers of a column: count (mean, std, log of the largest); binned (e, s, whether whole, then those of counts, then
// mean, low, high and log width of each bin); spiked (squared distance, then value and log width of each atom).

// 1 + the whole number nearest to a coded value
fn onePlusWhole(x: f32, numbers: u32) -> f32 {
  return max(floor(exp(min(rows[numbers] + rows[numbers + 1u] * x, rows[numbers + 2u])) + 0.5), 1.0);
}

// (log(k + 3/2) - log(k + 1/2)) / std
fn wholeWidth(w: f32, numbers: u32) -> f32 {
  return log1p_(1.0 / (w - 0.5)) / rows[numbers + 1u];
}

fn countEvidence(x: f32, numbers: u32) -> vec3f {
  let w = onePlusWhole(x, numbers);
  let mean = rows[numbers];
  let deviation = rows[numbers + 1u];
  return vec3f((log(w + 0.5) - mean) / deviation, select(FAR_BELOW, (log(w - 0.5) - mean) / deviation, w > 1.5), wholeWidth(w, numbers));
}

fn binnedEvidence(x: f32, entries: u32, numbers: u32) -> vec3f {
  let share = rows[numbers];
  let deviation = rows[numbers + 1u];
  var whole = 0.0;
  if (rows[numbers + 2u] > 0.0) { whole = log(wholeWidth(onePlusWhole(x, numbers + 3u), numbers + 3u)); }
  let low = numbers + 6u + entries;
  var found = vec2f(0.0, FAR_BELOW);
  for (var b = 0u; b < entries; b++) {
    if (rows[low + b] <= x && x < rows[low + entries + b]) { found = vec2f(f32(b), log(1.0 - share) - rows[low + 2u * entries + b] + whole); }
  }
  let tail = log(share / deviation) - 0.5 * LOG_2PI - 0.5 * x * x / (deviation * deviation);
  return vec3f(found, tail + whole);
}

fn spikedEvidence(x: f32, atoms: u32, numbers: u32) -> vec3f {
  var found = vec2f(-1.0, 0.0);
  for (var a = 0u; a < atoms; a++) {
    let distance = x - rows[numbers + 1u + a];
    if (distance * distance < rows[numbers]) { found = vec2f(f32(a), -rows[numbers + 1u + atoms + a]); }
  }
  return vec3f(found, x);
}

fn evidence(column: Column, x: f32) -> vec3f {
  switch column.kind {
    case COUNT: { return countEvidence(x, column.numbers); }
    case BINNED: { return binnedEvidence(x, column.entries, column.numbers); }
    case SPIKED: { return spikedEvidence(x, column.entries - 2u, column.numbers); }
    default: { return vec3f(x); }
  }
}
