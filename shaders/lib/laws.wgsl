// How a column is distributed at one draw, on the coded scale, by the parameters theta of a part of the model from `at` on:
// src/model/answers/number-law.ts and level-law.ts in float32. `table` holds what is known of the columns
// (src/model/summaries/column-numbers.ts lays it out), `parameter(part, i)` reads theta. Loops that look alike are one, because
// what costs is compiling: bins and atoms are pieces with logits, and a Gaussian has none beside its own of 0.

// a Gaussian, beside atoms or not
const GAUSSIAN = 0u;
const BINNED = 1u;
const COUNT = 2u;
const BERNOULLI = 3u;
const ORDINAL = 4u;
const CATEGORICAL = 5u;

const LINEAR = 0u;
const LOGARITHMIC = 1u;

struct Law {
  kind: u32,
  // levels, bins or atoms, and where the parameters of these begin
  count: u32,
  skip: u32,
  // where the numbers of its bins or atoms begin in the table
  numbers: u32,
  // bounds of its log-variance or log-scale; equal where that is fixed
  low: f32,
  high: f32,
  // what a Gaussian's draws lie between; mean and deviation of log(1 + k) that code a count, and the largest logarithm
  scale: vec3f,
}

// A column's original units, as differences from `base`, which keep their digits.
struct Units {
  scale: u32,
  mean: f32,
  sd: f32,
  base: f32,
  // e^mean on the log scale, high - low between bounds
  factor: f32,
  // limits of draws, less base
  low: f32,
  high: f32,
  // whether draws are whole, base less the nearest whole number, and the limits of draws then
  isWhole: bool,
  rest: f32,
  wholeLow: f32,
  wholeHigh: f32,
  // share of the scale that a bounded column keeps free at either end
  inset: f32,
  // of which a median is wanted: the smallest whole number with F >= 1/2
  isCount: bool,
  // of means: places between -4 and 4 deviations, quantiles of a count
  places: u32,
  quantiles: u32,
}

fn lawAt(at: u32) -> Law {
  return Law(u32(table[at]), u32(table[at + 1u]), u32(table[at + 2u]), u32(table[at + 3u]), table[at + 4u], table[at + 5u], vec3f(table[at + 6u], table[at + 7u], table[at + 8u]));
}

fn unitsAt(at: u32) -> Units {
  return Units(u32(table[at]), table[at + 1u], table[at + 2u], table[at + 3u], table[at + 4u], table[at + 5u], table[at + 6u], table[at + 7u] > 0.5, table[at + 8u], table[at + 9u], table[at + 10u], table[at + 11u], table[at + 12u] > 0.5, u32(table[at + 13u]), u32(table[at + 14u]));
}

// P(N(0, 1) <= z) to 1.5e-7 (Abramowitz and Stegun 7.1.26).
fn normalBelow(z: f32) -> f32 {
  let x = abs(z) * 0.7071067811865476;
  let t = 1.0 / (1.0 + 0.3275911 * x);
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let upper = 0.5 * series * exp(-x * x);
  return select(upper, 1.0 - upper, z > 0.0);
}

// A coded value in original units, less base.
fn decoded(units: Units, coded: f32) -> f32 {
  let z = units.sd * coded;
  if (units.scale == LINEAR) { return z; }
  if (units.scale == LOGARITHMIC) { return max(-units.base, units.factor * expm1_(z)); }
  return units.factor * clamp((sigmoid(units.mean + z) - units.inset) / (1.0 - 2.0 * units.inset), 0.0, 1.0);
}

// The same as a cell could hold it.
fn drawnUnits(units: Units, coded: f32) -> f32 {
  let value = decoded(units, coded);
  if (units.isWhole) { return clamp(round(units.rest + value) - units.rest, units.wholeLow, units.wholeHigh); }
  return clamp(value, units.low, units.high);
}

// The learned number of a column in its bounds: a log-variance, a log-scale.
fn boundedOf(law: Law, part: u32, at: u32) -> f32 {
  return clamp(parameter(part, at + min(1u, law.skip)), law.low, law.high);
}

// The mean in original units of N(m, deviation^2), less base; where the scale is bent that of what lies within the limits of draws.
fn gaussianUnits(law: Law, units: Units, m: f32, deviation: f32) -> f32 {
  if (units.scale == LINEAR) { return units.sd * m; }
  if (units.scale == LOGARITHMIC) {
    let place = units.mean + units.sd * m;
    let reach = 4.0 * units.sd * deviation;
    let most = log1p_(units.base + units.high);
    let fits = place - reach > 0.0 && place + reach < most;
    let variance = units.sd * units.sd * deviation * deviation;
    if (fits || law.low == law.high) { return max(-units.base, units.factor * expm1_(units.sd * m + 0.5 * variance)); }
  }
  var total = 0.0;
  var weights = 0.0;
  for (var i = 0u; i < units.places; i++) {
    let z = 8.0 * f32(i) / f32(units.places - 1u) - 4.0;
    let weight = exp(-0.5 * z * z);
    weights += weight;
    total += weight * clamp(decoded(units, m + deviation * z), units.low, units.high);
  }
  return total / weights;
}

// How much of an atom lies below x: half, if x is its place.
fn atomBelow(value: f32, x: f32) -> f32 {
  return select(select(0.5, 0.0, x < value - 1e-6), 1.0, x > value + 1e-6);
}

// A bin or an atom: low, high, its mean, that in original units less base, and whether it holds one value.
struct Piece { low: f32, high: f32, mean: f32, units: f32, isAtom: bool }

fn pieceAt(law: Law, i: u32) -> Piece {
  let at = law.numbers + 5u * i;
  return Piece(table[at], table[at + 1u], table[at + 2u], table[at + 3u], table[at + 4u] > 0.5);
}

fn shareBelow(piece: Piece, x: f32) -> f32 {
  if (piece.isAtom) { return atomBelow(piece.mean, x); }
  return clamp((x - piece.low) / (piece.high - piece.low), 0.0, 1.0);
}

// The coded whole number at the place u of a count's distribution.
fn countAt(law: Law, m: f32, scale: f32, u: f32) -> f32 {
  let place = law.scale.x + law.scale.y * (m + scale * log(u / (1.0 - u)));
  let whole = round(max(0.0, expm1_(min(place, law.scale.z))));
  return (log1p_(whole) - law.scale.x) / law.scale.y;
}

// P(X <= k) of a count
fn countBelow(law: Law, m: f32, scale: f32, k: f32) -> f32 {
  return select(sigmoid(((log(max(k, 0.0) + 1.5) - law.scale.x) / law.scale.y - m) / scale), 0.0, k < 0.0);
}

// E(x), E(x in original units less base) but of counts, and F(x) = P(X <= x), half of an atom at x; of a count F(k) where k >= 0 is given.
fn sumsOf(law: Law, units: Units, part: u32, at: u32, x: f32, k: f32) -> vec3f {
  // of bins not used
  let m = parameter(part, at);
  let bounded = boundedOf(law, part, at);
  if (law.kind == COUNT) {
    let scale = exp(bounded);
    // F is constant between whole numbers
    let value = expm1_(law.scale.x + law.scale.y * x);
    let whole = round(value);
    let isWhole = k < 0.0 && abs(value - whole) < 0.25;
    let upTo = select(select(floor(value), whole, isWhole), k, k >= 0.0);
    let beneath = select(upTo, whole - 1.0, isWhole);
    var mean = 0.0;
    // of steps of a search the mean is known
    if (k < 0.0) {
      for (var i = 0u; i < units.quantiles; i++) { mean += countAt(law, m, scale, (f32(i) + 0.5) / f32(units.quantiles)); }
    }
    return vec3f(mean / f32(units.quantiles), 0.0, 0.5 * (countBelow(law, m, scale, upTo) + countBelow(law, m, scale, beneath)));
  }
  // sums of pieces in terms of the largest logit so far
  var most = -1e30;
  var total = 0.0;
  var sums = vec3f();
  if (law.kind == GAUSSIAN) {
    let deviation = exp(0.5 * bounded);
    let number = select(select(normalBelow((x - m) / deviation), 0.0, x < law.scale.x), 1.0, x >= law.scale.y);
    most = 0.0;
    total = 1.0;
    sums = vec3f(clamp(m, law.scale.x, law.scale.y), gaussianUnits(law, units, m, deviation), number);
  }
  for (var i = 0u; i < law.count; i++) {
    let logit = parameter(part, at + law.skip + i);
    let piece = pieceAt(law, i);
    let larger = max(most, logit);
    let weight = exp(logit - larger);
    let shrink = exp(most - larger);
    total = total * shrink + weight;
    sums = sums * shrink + weight * vec3f(piece.mean, piece.units, shareBelow(piece, x));
    most = larger;
  }
  return sums / total;
}

// What the probabilities of pieces and levels in ascending order need: the normaliser of a softmax, the cutpoint below.
fn firstState(law: Law, part: u32, at: u32) -> f32 {
  if (law.kind == BERNOULLI || law.kind == ORDINAL) { return 0.0; }
  var most = select(-1e30, 0.0, law.kind == GAUSSIAN);
  var total = select(0.0, 1.0, law.kind == GAUSSIAN);
  for (var i = 0u; i < law.count; i++) {
    let logit = parameter(part, at + law.skip + i);
    let larger = max(most, logit);
    total = total * exp(most - larger) + exp(logit - larger);
    most = larger;
  }
  return most + log(total);
}

// P(piece or level i); to be asked for in ascending order.
fn probabilityOf(law: Law, part: u32, at: u32, i: u32, state: ptr<function, f32>) -> f32 {
  let isHighest = i == law.count - 1u;
  // the highest of ordered levels has none, the second of two has that of the first
  let theta = parameter(part, at + law.skip + select(i, 0u, law.kind == BERNOULLI || (law.kind == ORDINAL && isHighest)));
  if (law.kind == BERNOULLI) { return sigmoid(select(-theta, theta, i == 1u)); }
  if (law.kind != ORDINAL) { return exp(theta - *state); }
  // log p(i) = -softplus(-c_i) - softplus(c_(i-1)) - softplus(-theta_i), of the lowest level the first alone, of the highest the second
  let below = *state;
  let cutpoint = select(below + softplus(theta), theta, i == 0u);
  *state = cutpoint;
  if (i == 0u) { return sigmoid(cutpoint); }
  if (isHighest) { return sigmoid(-below); }
  return exp(-softplus(-cutpoint) - softplus(below) - softplus(-theta));
}

// A draw, coded, from a uniform and a standard normal number; of levels the level.
fn drawOf(law: Law, part: u32, at: u32, u: f32, noise: f32) -> f32 {
  let m = parameter(part, at);
  let bounded = boundedOf(law, part, at);
  if (law.kind == COUNT) { return countAt(law, m, exp(bounded), clamp(u, 1e-7, 0.9999999)); }
  var left = u;
  var probability = 0.0;
  var state = firstState(law, part, at);
  // the last piece has what is left, but where that is the Gaussian
  let searched = select(law.count - 1u, law.count, law.kind == GAUSSIAN);
  var i = 0u;
  for (; i < searched; i++) {
    probability = probabilityOf(law, part, at, i, &state);
    if (left < probability) { break; }
    left -= probability;
  }
  if (law.kind >= BERNOULLI) { return f32(i); }
  if (law.kind == GAUSSIAN && i == law.count) { return clamp(m + exp(0.5 * bounded) * noise, law.scale.x, law.scale.y); }
  let piece = pieceAt(law, i);
  if (piece.isAtom) { return piece.mean; }
  // of the last bin what the others leave
  let share = select(1.0 - u + left, probability, i < searched);
  return piece.low + clamp(left / max(share, 1e-12), 0.0, 1.0) * (piece.high - piece.low);
}
