// log p(x | theta) of one column of one chain, for every kind of src/likelihood. theta keeps entry i of the column at
// at + i * CHAINS; score...() leaves the gradient there, e is the value's evidence (fused-evidence.wgsl). point...() is the
// mean or mode that stands for a hidden value, slope...() puts `cotangent` times its gradient into theta's place.

fn entry(at: u32, i: u32) -> u32 {
  return at + i * CHAINS;
}

fn clearEntries(at: u32, entries: u32) {
  for (var i = 0u; i < entries; i++) { theta[entry(at, i)] = 0.0; }
}

fn largestEntry(at: u32, entries: u32) -> f32 {
  var most = theta[at];
  for (var i = 1u; i < entries; i++) { most = max(most, theta[entry(at, i)]); }
  return most;
}

// logsumexp(theta); theta becomes factor * softmax(theta)
fn softmaxEntries(at: u32, entries: u32, factor: f32) -> f32 {
  let most = largestEntry(at, entries);
  var total = 0.0;
  for (var i = 0u; i < entries; i++) {
    let e = exp(theta[entry(at, i)] - most);
    theta[entry(at, i)] = e;
    total += e;
  }
  for (var i = 0u; i < entries; i++) { theta[entry(at, i)] *= factor / total; }
  return most + log(total);
}

// -(log(2 pi v) + (x - m)^2 / v) / 2
fn scoreGaussian(at: u32, column: Column, e: vec3f) -> f32 {
  let rest = e.x - theta[at];
  theta[at] = rest / VARIANCE;
  return -0.5 * (log(VARIANCE) + LOG_2PI + rest * rest / VARIANCE);
}

fn learnedLogProb(at: u32, column: Column, x: f32) -> f32 {
  let logVar = theta[entry(at, 1u)];
  let bounded = clamp(logVar, column.low, column.high);
  let inverse = exp(-bounded);
  let rest = x - theta[at];
  let squares = rest * rest * inverse;
  theta[at] = rest * inverse;
  theta[entry(at, 1u)] = select(0.0, 0.5 * (squares - 1.0), logVar == bounded);
  return -0.5 * (LOG_2PI + bounded + squares);
}

// -(log 2 pi + log v + (x - m)^2 / v) / 2, log v in its bounds
fn scoreLearned(at: u32, column: Column, e: vec3f) -> f32 {
  return learnedLogProb(at, column, e.x);
}

// The largest logit of a column with atoms, m, and the sum of e^(logit - m); the Gaussian's is 0.
fn spikedTotal(at: u32, column: Column) -> vec2f {
  var most = 0.0;
  for (var i = 2u; i < column.entries; i++) { most = max(most, theta[entry(at, i)]); }
  var total = exp(-most);
  for (var i = 2u; i < column.entries; i++) { total += exp(theta[entry(at, i)] - most); }
  return vec2f(most, total);
}

// An atom's share over its width, or the Gaussian's times its density.
fn scoreSpiked(at: u32, column: Column, e: vec3f) -> f32 {
  let isAtom = e.x >= 0.0;
  let scale = spikedTotal(at, column);
  let normaliser = scale.x + log(scale.y);
  let own = entry(at, 2u + u32(max(e.x, 0.0)));
  var logProb = theta[own] + e.y;
  for (var i = 2u; i < column.entries; i++) { theta[entry(at, i)] = -exp(theta[entry(at, i)] - normaliser); }
  if (isAtom) {
    theta[own] += 1.0;
    clearEntries(at, 2u);
  } else {
    logProb = learnedLogProb(at, column, e.z);
  }
  return logProb - normaliser;
}

// log((1 - e) softmax(theta)_b / width_b + e N(x; 0, s^2))
fn scoreBinned(at: u32, column: Column, e: vec3f) -> f32 {
  let own = entry(at, u32(e.x));
  let chosen = theta[own];
  let body = chosen - softmaxEntries(at, column.entries, 1.0) + e.y;
  let top = max(body, e.z);
  let both = exp(body - top) + exp(e.z - top);
  let share = exp(body - top) / both;
  for (var i = 0u; i < column.entries; i++) { theta[entry(at, i)] *= -share; }
  theta[own] += share;
  return top + log(both);
}

// sigmoid(u) - sigmoid(l) = sigmoid(u) sigmoid(-l) (1 - e^-(u - l)), u and l the edges less theta_0, over the scale
fn scoreCount(at: u32, column: Column, e: vec3f) -> f32 {
  let logScale = theta[entry(at, 1u)];
  let bounded = clamp(logScale, column.low, column.high);
  let inverse = exp(-bounded);
  let upper = (e.x - theta[at]) * inverse;
  let lower = (e.y - theta[at]) * inverse;
  let width = e.z * inverse;
  let hasLower = e.y > FAR_BELOW;
  let byUpper = sigmoid(-upper);
  let byLower = select(0.0, -sigmoid(lower), hasLower);
  // theta_1 moves lower and width alike, both as their own size
  var spread = upper * byUpper;
  var logProb = -softplus(-upper);
  if (hasLower) {
    let rise = expm1_(-width);
    logProb += log(-rise) - softplus(lower);
    spread += lower * byLower - width * (rise + 1.0) / rise;
  }
  theta[at] = -inverse * (byUpper + byLower);
  theta[entry(at, 1u)] = select(0.0, -spread, logScale == bounded);
  return logProb;
}

// x l - softplus(l)
fn scoreBernoulli(at: u32, column: Column, e: vec3f) -> f32 {
  let logit = theta[at];
  theta[at] = e.x - sigmoid(logit);
  return e.x * logit - softplus(logit);
}

// Cumulative logits c_k = theta_0 + sum_(1..k) softplus(theta_j):
// -softplus(-c_x) - softplus(c_(x-1)) - softplus(-theta_x), the lowest level the first alone, the highest the second
fn scoreOrdinal(at: u32, column: Column, e: vec3f) -> f32 {
  let level = u32(e.x);
  let isLowest = level == 0u;
  let isHighest = level == column.entries;
  var cutpoint = theta[at];
  var below = 0.0;
  var above = cutpoint;
  for (var k = 0u; k < column.entries; k++) {
    if (k > 0u) { cutpoint += softplus(theta[entry(at, k)]); }
    if (k + 1u == level) { below = cutpoint; }
    if (k == level) { above = cutpoint; }
  }
  let own = theta[entry(at, min(level, column.entries - 1u))];
  let byAbove = select(sigmoid(-above), 0.0, isHighest);
  let byBelow = select(-sigmoid(below), 0.0, isLowest);
  for (var k = 0u; k < column.entries; k++) {
    let logit = theta[entry(at, k)];
    var slope = select(0.0, byBelow, k < level) + select(0.0, byAbove, k <= level);
    if (k > 0u) { slope *= sigmoid(logit); }
    if (k == level && !isLowest) { slope += sigmoid(-logit); }
    theta[entry(at, k)] = slope;
  }
  return -select(softplus(-above), 0.0, isHighest) - select(softplus(below), 0.0, isLowest) - select(softplus(-own), 0.0, isLowest || isHighest);
}

// theta_x - logsumexp(theta)
fn scoreCategorical(at: u32, column: Column, e: vec3f) -> f32 {
  let own = entry(at, u32(e.x));
  let chosen = theta[own];
  let normaliser = softmaxEntries(at, column.entries, -1.0);
  theta[own] += 1.0;
  return chosen - normaliser;
}

// The mean of a Gaussian, the median of a count.
fn pointFirst(at: u32, column: Column) -> f32 {
  return theta[at];
}

fn slopeFirst(at: u32, column: Column, cotangent: f32) {
  clearEntries(at, column.entries);
  theta[at] = cotangent;
}

// Modes have no gradient.
fn slopeMode(at: u32, column: Column, cotangent: f32) {
  clearEntries(at, column.entries);
}

fn pointBernoulli(at: u32, column: Column) -> f32 {
  return select(0.0, 1.0, theta[at] > 0.0);
}

// the smallest index of the largest
fn pointCategorical(at: u32, column: Column) -> f32 {
  var mode = 0u;
  for (var i = 1u; i < column.entries; i++) { if (theta[entry(at, i)] > theta[entry(at, mode)]) { mode = i; } }
  return f32(mode);
}

// The mean level, sum_k sigmoid(-c_k).
fn pointOrdinal(at: u32, column: Column) -> f32 {
  var cutpoint = theta[at];
  var mean = sigmoid(-cutpoint);
  for (var k = 1u; k < column.entries; k++) {
    cutpoint += softplus(theta[entry(at, k)]);
    mean += sigmoid(-cutpoint);
  }
  return mean;
}

fn slopeOrdinal(at: u32, column: Column, cotangent: f32) {
  var cutpoint = theta[at];
  for (var k = 1u; k < column.entries; k++) { cutpoint += softplus(theta[entry(at, k)]); }
  // from the highest cutpoint down: what moves c_k moves all above it
  var slope = 0.0;
  for (var k = column.entries - 1u; k > 0u; k--) {
    let logit = theta[entry(at, k)];
    slope -= cotangent * sigmoid(cutpoint) * sigmoid(-cutpoint);
    theta[entry(at, k)] = slope * sigmoid(logit);
    cutpoint -= softplus(logit);
  }
  theta[at] = slope - cotangent * sigmoid(cutpoint) * sigmoid(-cutpoint);
}

// The mean, sum_b p_b mean_b.
fn pointBinned(at: u32, column: Column) -> f32 {
  let most = largestEntry(at, column.entries);
  var total = 0.0;
  var mean = 0.0;
  for (var i = 0u; i < column.entries; i++) {
    let e = exp(theta[entry(at, i)] - most);
    total += e;
    mean += e * rows[column.numbers + 6u + i];
  }
  return mean / total;
}

fn slopeBinned(at: u32, column: Column, cotangent: f32) {
  let mean = pointBinned(at, column);
  softmaxEntries(at, column.entries, cotangent);
  for (var i = 0u; i < column.entries; i++) { theta[entry(at, i)] *= rows[column.numbers + 6u + i] - mean; }
}

// The mean, p_0 theta_0 + sum_a p_a value_a.
fn pointSpiked(at: u32, column: Column) -> f32 {
  let scale = spikedTotal(at, column);
  var mean = exp(-scale.x) * theta[at];
  for (var i = 2u; i < column.entries; i++) { mean += exp(theta[entry(at, i)] - scale.x) * rows[column.numbers + i - 1u]; }
  return mean / scale.y;
}

fn slopeSpiked(at: u32, column: Column, cotangent: f32) {
  let scale = spikedTotal(at, column);
  let mean = pointSpiked(at, column);
  for (var i = 2u; i < column.entries; i++) {
    theta[entry(at, i)] = cotangent * exp(theta[entry(at, i)] - scale.x) / scale.y * (rows[column.numbers + i - 1u] - mean);
  }
  theta[at] = cotangent * exp(-scale.x) / scale.y;
  theta[entry(at, 1u)] = 0.0;
}
