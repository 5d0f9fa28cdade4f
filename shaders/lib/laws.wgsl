// How a column is distributed at one draw, on the coded scale, by the parameters theta of a part of the model from `at` on:
// src/model/answers/number-law.ts and level-law.ts in float32. `table` holds what is known of the columns
// (src/model/summaries/column-numbers.ts lays it out), `parameter(part, i)` reads theta.

const GAUSSIAN = 0u;
const SPIKED = 1u;
const BINNED = 2u;
const COUNT = 3u;
const BERNOULLI = 4u;
const ORDINAL = 5u;
const CATEGORICAL = 6u;

const LINEAR = 0u;
const LOGARITHMIC = 1u;

struct Law {
  kind: u32,
  // levels, bins or atoms
  count: u32,
  // where its other numbers begin in the table
  numbers: u32,
  // bounds of its log-variance or log-scale; equal where that is fixed
  low: f32,
  high: f32,
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
}

fn lawAt(at: u32) -> Law {
  return Law(u32(table[at]), u32(table[at + 1u]), u32(table[at + 2u]), table[at + 3u], table[at + 4u]);
}

fn unitsAt(at: u32) -> Units {
  return Units(u32(table[at]), table[at + 1u], table[at + 2u], table[at + 3u], table[at + 4u], table[at + 5u], table[at + 6u], table[at + 7u] > 0.5, table[at + 8u], table[at + 9u], table[at + 10u], table[at + 11u], table[at + 12u] > 0.5);
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

fn deviationOf(law: Law, part: u32, at: u32) -> f32 {
  if (law.low == law.high) { return exp(0.5 * law.low); }
  return exp(0.5 * clamp(parameter(part, at + 1u), law.low, law.high));
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
  for (var i = 0u; i < 17u; i++) {
    let z = 0.5 * (f32(i) - 8.0);
    let weight = exp(-0.5 * z * z);
    weights += weight;
    total += weight * clamp(decoded(units, m + deviation * z), units.low, units.high);
  }
  return total / weights;
}

// log sum_i e^theta_i over the first `count` parameters
fn normaliserOf(part: u32, at: u32, count: u32) -> f32 {
  var most = parameter(part, at);
  for (var i = 1u; i < count; i++) { most = max(most, parameter(part, at + i)); }
  var total = 0.0;
  for (var i = 0u; i < count; i++) { total += exp(parameter(part, at + i) - most); }
  return most + log(total);
}

// The same of a column with atoms: the Gaussian's logit is 0.
fn spikedNormaliser(law: Law, part: u32, at: u32) -> f32 {
  var most = 0.0;
  for (var a = 0u; a < law.count; a++) { most = max(most, parameter(part, at + 2u + a)); }
  var total = exp(-most);
  for (var a = 0u; a < law.count; a++) { total += exp(parameter(part, at + 2u + a) - most); }
  return most + log(total);
}

// How much of an atom lies below x: half, if x is its place.
fn atomBelow(value: f32, x: f32) -> f32 {
  return select(select(0.5, 0.0, x < value - 1e-6), 1.0, x > value + 1e-6);
}

// A bin: low, high, mean, its mean in original units less base, and whether it holds one value.
fn binAt(law: Law, b: u32) -> u32 {
  return law.numbers + 5u * b;
}

fn shareBelow(bin: u32, x: f32) -> f32 {
  if (table[bin + 4u] > 0.5) { return atomBelow(table[bin + 2u], x); }
  return clamp((x - table[bin]) / (table[bin + 1u] - table[bin]), 0.0, 1.0);
}

fn countScale(law: Law, part: u32, at: u32) -> f32 {
  return exp(clamp(parameter(part, at + 1u), law.low, law.high));
}

// P(X <= k) of a count
fn countBelow(law: Law, part: u32, at: u32, k: f32) -> f32 {
  if (k < 0.0) { return 0.0; }
  let edge = (log(k + 1.5) - table[law.numbers]) / table[law.numbers + 1u];
  return sigmoid((edge - parameter(part, at)) / countScale(law, part, at));
}

// The coded whole number at the place u of a count's distribution.
fn countAt(law: Law, part: u32, at: u32, u: f32) -> f32 {
  let mean = table[law.numbers];
  let sd = table[law.numbers + 1u];
  let place = parameter(part, at) + countScale(law, part, at) * log(u / (1.0 - u));
  let whole = round(max(0.0, expm1_(min(mean + sd * place, table[law.numbers + 2u]))));
  return (log1p_(whole) - mean) / sd;
}

// F(x) = P(X <= x), half of an atom at x; of a count F(k) where k is given instead (from 0 on).
fn below(law: Law, part: u32, at: u32, x: f32, k: f32) -> f32 {
  switch law.kind {
    case GAUSSIAN: { return normalBelow((x - parameter(part, at)) / deviationOf(law, part, at)); }
    case SPIKED: {
      let scale = spikedNormaliser(law, part, at);
      var number = normalBelow((x - parameter(part, at)) / deviationOf(law, part, at));
      number = select(select(number, 0.0, x < table[law.numbers]), 1.0, x >= table[law.numbers + 1u]);
      var total = exp(-scale) * number;
      for (var a = 0u; a < law.count; a++) { total += exp(parameter(part, at + 2u + a) - scale) * atomBelow(table[law.numbers + 2u + 2u * a], x); }
      return total;
    }
    case BINNED: {
      let scale = normaliserOf(part, at, law.count);
      var total = 0.0;
      for (var b = 0u; b < law.count; b++) { total += exp(parameter(part, at + b) - scale) * shareBelow(binAt(law, b), x); }
      return total;
    }
    default: {
      if (k >= 0.0) { return countBelow(law, part, at, k); }
      // F is constant between whole numbers
      let value = expm1_(table[law.numbers] + table[law.numbers + 1u] * x);
      let whole = round(value);
      if (abs(value - whole) < 0.25) { return 0.5 * (countBelow(law, part, at, whole - 1.0) + countBelow(law, part, at, whole)); }
      return countBelow(law, part, at, floor(value));
    }
  }
}

// The mean, and the mean in original units less base; of counts the mean alone.
fn means(law: Law, units: Units, part: u32, at: u32) -> vec2f {
  switch law.kind {
    case GAUSSIAN: {
      let m = parameter(part, at);
      return vec2f(m, gaussianUnits(law, units, m, deviationOf(law, part, at)));
    }
    case SPIKED: {
      let scale = spikedNormaliser(law, part, at);
      let m = parameter(part, at);
      var total = exp(-scale) * vec2f(clamp(m, table[law.numbers], table[law.numbers + 1u]), gaussianUnits(law, units, m, deviationOf(law, part, at)));
      for (var a = 0u; a < law.count; a++) {
        let atom = law.numbers + 2u + 2u * a;
        total += exp(parameter(part, at + 2u + a) - scale) * vec2f(table[atom], table[atom + 1u]);
      }
      return total;
    }
    case BINNED: {
      let scale = normaliserOf(part, at, law.count);
      var total = vec2f();
      for (var b = 0u; b < law.count; b++) { total += exp(parameter(part, at + b) - scale) * vec2f(table[binAt(law, b) + 2u], table[binAt(law, b) + 3u]); }
      return total;
    }
    default: {
      var total = 0.0;
      for (var i = 0u; i < 32u; i++) { total += countAt(law, part, at, (f32(i) + 0.5) / 32.0); }
      return vec2f(total / 32.0, 0.0);
    }
  }
}

// A draw, coded, from a uniform and a standard normal number; of levels the level.
fn drawOf(law: Law, part: u32, at: u32, u: f32, noise: f32) -> f32 {
  switch law.kind {
    case GAUSSIAN: { return parameter(part, at) + deviationOf(law, part, at) * noise; }
    case SPIKED: {
      let scale = spikedNormaliser(law, part, at);
      var left = u;
      for (var a = 0u; a < law.count; a++) {
        let p = exp(parameter(part, at + 2u + a) - scale);
        if (left < p) { return table[law.numbers + 2u + 2u * a]; }
        left -= p;
      }
      return clamp(parameter(part, at) + deviationOf(law, part, at) * noise, table[law.numbers], table[law.numbers + 1u]);
    }
    case BINNED: {
      let scale = normaliserOf(part, at, law.count);
      var left = u;
      var b = 0u;
      var p = exp(parameter(part, at) - scale);
      while (b < law.count - 1u && left >= p) {
        left -= p;
        b++;
        p = exp(parameter(part, at + b) - scale);
      }
      let bin = binAt(law, b);
      if (table[bin + 4u] > 0.5) { return table[bin + 2u]; }
      return table[bin] + clamp(left / max(p, 1e-12), 0.0, 1.0) * (table[bin + 1u] - table[bin]);
    }
    case COUNT: { return countAt(law, part, at, clamp(u, 1e-7, 0.9999999)); }
    default: {
      var state = levelState(law, part, at);
      var reached = 0.0;
      for (var level = 0u; level < law.count - 1u; level++) {
        reached += probabilityOf(law, part, at, level, &state);
        if (u < reached) { return f32(level); }
      }
      return f32(law.count - 1u);
    }
  }
}

// What probabilities of levels in ascending order need: the normaliser of a softmax, the cutpoint below.
fn levelState(law: Law, part: u32, at: u32) -> f32 {
  if (law.kind == CATEGORICAL) { return normaliserOf(part, at, law.count); }
  return 0.0;
}

// P(level); to be asked for in ascending order.
fn probabilityOf(law: Law, part: u32, at: u32, level: u32, state: ptr<function, f32>) -> f32 {
  if (law.kind == CATEGORICAL) { return exp(parameter(part, at + level) - *state); }
  if (law.kind == BERNOULLI) { return sigmoid(select(-1.0, 1.0, level == 1u) * parameter(part, at)); }
  // log p(k) = -softplus(-c_k) - softplus(c_(k-1)) - softplus(-theta_k), the lowest level the first alone, the highest the second
  let below = *state;
  if (level == 0u) {
    *state = parameter(part, at);
    return sigmoid(*state);
  }
  if (level == law.count - 1u) { return sigmoid(-below); }
  let theta = parameter(part, at + level);
  *state = below + softplus(theta);
  return exp(-softplus(-*state) - softplus(below) - softplus(-theta));
}
