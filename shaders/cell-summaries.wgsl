// What the draws of up to three parts of a model say of cells, one workgroup a cell, lanes over draws:
//   a number: means over the draws of E(x) and E(x in original units less base), and of F(truth); where they are asked for
//     the median, and of one draw of x at each draw the deviation in original units and four order statistics
//   levels: the sum over the draws of the probability of each level
// and behind them some of the draws themselves. Draw i of a part's n is the (i + 1/2) made / n -th of the `made` it has.
//   theta : [rows, made, columns, params] of each part    scratch : [cells, draws], where draws are asked for
//   table : what is known of parts and columns (src/model/summaries/column-numbers.ts)
//   cells : a head of 16 words (below), then 8 a cell: row, column, where its results begin, key, truth, ranks of the draws at the ends of its interval
//   result : a number's 9, or one for each level; then the draws that are picked
struct Params { parts: u32, draws: u32, units: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<f32>;
@group(0) @binding(2) var<storage, read> cells: array<u32>;
@group(0) @binding(3) var<storage, read> theta0: array<f32>;
@group(0) @binding(4) var<storage, read> theta1: array<f32>;
@group(0) @binding(5) var<storage, read> theta2: array<f32>;
@group(0) @binding(6) var<storage, read_write> scratch: array<f32>;
@group(0) @binding(7) var<storage, read_write> result: array<f32>;

const LANES = 64u;
const RANKS = 9u;
// levels whose probabilities are added up together
const TOGETHER = 16u;
const NUMBER_WIDTH = 9u;
// where the search for a median ends
const MOST_COUNT = 0x1p41f;
const MOST_STEPS = 128u;

// what the next value of F is for
const TRUTH = 0u;
const DOUBLING = 1u;
const HALVING = 2u;
const LOWER_END = 3u;
const UPPER_END = 4u;
const FIRST_PLACE = 5u;
const LAST_PLACE = 7u;
const DONE = 8u;

// words of the head
const CELL_COUNT = 0u;
const WANTS_DRAWS = 1u;
const COMPLETIONS = 2u;
const KEPT = 3u;
// of a draw in the middle, and at 0.35 and 0.65 with the next ones
const FIRST_RANK = 4u;
// how far 0.35 and 0.65 lie between a rank and the next, as floats
const BETWEEN = 9u;
const HEAD = 16u;

struct Cell { row: u32, column: u32, at: u32, key: vec2u, truth: f32, ends: vec2u }

// A part's draws: how many it has and how many count, entries of theta for a column, columns, and where its laws stand in the table.
struct Part { made: u32, draws: u32, width: u32, columns: u32, laws: u32 }

var<workgroup> partial: array<vec4f, 64>;
var<workgroup> tile: array<f32, 1024>;
var<workgroup> counts: array<atomic<u32>, 9>;

fn parameter(part: u32, i: u32) -> f32 {
  if (part == 0u) { return theta0[i]; }
  if (part == 1u) { return theta1[i]; }
  return theta2[i];
}

fn partAt(p: u32) -> Part {
  let at = 8u * p;
  return Part(u32(table[at]), u32(table[at + 1u]), u32(table[at + 2u]), u32(table[at + 3u]), u32(table[at + 4u]));
}

fn lawOf(part: Part, cell: Cell) -> Law {
  return lawAt(part.laws + 9u * cell.column);
}

// Where the parameters of a cell's column begin at the i-th of the draws that count.
fn thetaAt(part: Part, cell: Cell, i: u32) -> u32 {
  let s = (2u * i + 1u) * part.made / (2u * part.draws);
  return ((cell.row * part.made + s) * part.columns + cell.column) * part.width;
}

// The sum over the lanes, the same for all.
fn total(lane: u32, value: vec4f) -> vec4f {
  partial[lane] = value;
  for (var stride = LANES / 2u; stride > 0u; stride /= 2u) {
    workgroupBarrier();
    if (lane < stride) { partial[lane] += partial[lane + stride]; }
  }
  return workgroupUniformLoad(&partial[0]);
}

// The means over all draws of E(x), of E(x) in original units and of F(x), of a count F(k) where k >= 0.
fn meansAt(cell: Cell, units: Units, lane: u32, x: f32, k: f32) -> vec3f {
  var sums = vec3f();
  for (var p = 0u; p < params.parts; p++) {
    let part = partAt(p);
    let law = lawOf(part, cell);
    for (var i = lane; i < part.draws; i += LANES) { sums += sumsOf(law, units, p, thetaAt(part, cell, i), x, k); }
  }
  return total(lane, vec4f(sums, 0.0)).xyz / f32(params.draws);
}

// The draw of x at one of all parts' draws, by that draw's own random words; those of atoms' shares and of the number beside them are apart.
fn drawAt(cell: Cell, i: u32) -> f32 {
  var own = i;
  var p = 0u;
  var part = partAt(0u);
  while (own >= part.draws && p + 1u < params.parts) {
    own -= part.draws;
    p++;
    part = partAt(p);
  }
  let law = lawOf(part, cell);
  let u = unitUniform(threefry2x32(cell.key, vec2u(i, select(0u, 1u, law.kind == GAUSSIAN && law.count > 0u))).x);
  return drawOf(law, p, thetaAt(part, cell, own), u, standardNormal(cell.key, vec2u(i, 0u)));
}

// Bits that are in order as the numbers are, and back.
fn ordered(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn unordered(bits: u32) -> f32 {
  return bitcast<f32>(select(~bits, bits & 0x7fffffffu, (bits & 0x80000000u) != 0u));
}

// Rank of the r-th order statistic of a cell: those of all cells, then the ends of its interval, each with the next one.
fn rankOf(cell: Cell, r: u32) -> u32 {
  if (r < 5u) { return cells[FIRST_RANK + r]; }
  return min(params.draws - 1u, select(cell.ends.x, cell.ends.y, r > 6u) + (r + 1u) % 2u);
}

// The draws of the given ranks, bit by bit from the top: the largest v of which at most `rank` draws lie beneath.
fn orderStatistics(cell: Cell, at: u32, lane: u32) -> array<u32, 9> {
  var found = array<u32, 9>();
  for (var bit = 32u; bit > 0u; bit--) {
    if (lane < RANKS) { atomicStore(&counts[lane], 0u); }
    var beneath = array<u32, 9>();
    for (var i = lane; i < params.draws; i += LANES) {
      let key = ordered(scratch[at + i]);
      for (var r = 0u; r < RANKS; r++) { beneath[r] += select(0u, 1u, key < (found[r] | (1u << (bit - 1u)))); }
    }
    workgroupBarrier();
    for (var r = 0u; r < RANKS; r++) { atomicAdd(&counts[r], beneath[r]); }
    workgroupBarrier();
    for (var r = 0u; r < RANKS; r++) {
      if (atomicLoad(&counts[r]) <= rankOf(cell, r)) { found[r] |= 1u << (bit - 1u); }
    }
    workgroupBarrier();
  }
  return found;
}

// One draw of x at each draw where they are wanted, and those that are picked: the sum of the former in original units.
fn drawCell(cell: Cell, units: Units, index: u32, isLevels: bool, picked: u32, lane: u32) -> f32 {
  let wanted = select(0u, params.draws, cells[WANTS_DRAWS] == 1u && !isLevels);
  let completions = cells[COMPLETIONS];
  let kept = cells[KEPT];
  var sum = 0.0;
  for (var i = lane; i < wanted + completions + kept; i += LANES) {
    // the same draws for all cells of a row, as far apart as may be
    var place = i;
    if (i >= wanted + completions) {
      place = (i - wanted - completions) * params.draws / kept;
    } else if (i >= wanted) {
      place = (i - wanted) * params.draws / completions;
    }
    let drawn = drawAt(cell, place);
    if (i < wanted) {
      scratch[index * params.draws + i] = drawn;
      sum += drawnUnits(units, drawn);
    } else {
      result[picked + i - wanted] = drawn;
    }
  }
  return sum;
}

// Of one draw of x at each draw: deviation in original units and order statistics. Returns how many are like the middle one;
// around: the middle one, and those at 0.35 and 0.65.
fn summariseDraws(cell: Cell, units: Units, index: u32, sum: f32, around: ptr<function, vec3f>, lane: u32) -> f32 {
  let at = index * params.draws;
  let n = f32(params.draws);
  let centre = total(lane, vec4f(sum, 0.0, 0.0, 0.0)).x / n;
  let found = orderStatistics(cell, at, lane);
  let middle = unordered(found[0]);
  var squares = 0.0;
  var alike = 0.0;
  for (var i = lane; i < params.draws; i += LANES) {
    let difference = drawnUnits(units, scratch[at + i]) - centre;
    squares += difference * difference;
    alike += select(0.0, 1.0, scratch[at + i] == middle);
  }
  let sums = total(lane, vec4f(squares, alike, 0.0, 0.0));
  if (lane == 0u) {
    result[cell.at + 4u] = sqrt(sums.x / max(1.0, n - 1.0));
    for (var r = 0u; r < 4u; r++) { result[cell.at + 5u + r] = unordered(found[5u + r]); }
  }
  let below = mix(unordered(found[1]), unordered(found[2]), bitcast<f32>(cells[BETWEEN]));
  let above = mix(unordered(found[3]), unordered(found[4]), bitcast<f32>(cells[BETWEEN + 1u]));
  *around = vec3f(middle, below, above);
  return sums.y;
}

// Means, F(truth) and the median, by one loop for all values of F, so that its text is there once. Of a count the smallest whole
// number with F >= 1/2; else the middle draw, moved to where F is 1/2 if that lies between draws on either side; an atom is its own place.
fn placeCell(cell: Cell, units: Units, around: vec3f, alike: f32, lane: u32) {
  let moves = cells[WANTS_DRAWS] == 1u && !units.isCount && !(params.draws > 4u && alike > 1.5);
  var step = TRUTH;
  var x = cell.truth;
  var k = -1.0;
  var least = -1.0;
  var most = 1.0;
  var low = around.y;
  var high = around.z;
  var lowF = 0.0;
  var highF = 1.0;
  var median = around.x;
  for (var i = 0u; i < MOST_STEPS; i++) {
    let means = meansAt(cell, units, lane, x, k);
    let f = means.z;
    switch step {
      case TRUTH: {
        if (lane < 3u) { result[cell.at + lane] = means[lane]; }
        step = select(select(DONE, LOWER_END, moves), DOUBLING, units.isCount);
      }
      // what lies beneath the least is not reached, the most is
      case DOUBLING: {
        if (f >= 0.5 || most >= MOST_COUNT) { step = HALVING; } else { most *= 2.0; }
      }
      case HALVING: {
        if (f >= 0.5) { most = k; } else { least = k; }
      }
      case LOWER_END: {
        lowF = f;
        step = UPPER_END;
      }
      case UPPER_END: {
        highF = f;
        step = select(DONE, FIRST_PLACE, lowF < 0.5 && highF > 0.5);
      }
      default: {
        median = x;
        if (f < 0.5) {
          low = x;
          lowF = f;
        } else {
          high = x;
          highF = f;
        }
        step = select(step + 1u, DONE, step == LAST_PLACE || abs(f - 0.5) < 1e-3 || !(highF > lowF));
      }
    }
    if (step == DONE) { break; }
    if (step == LOWER_END) { x = low; }
    if (step == UPPER_END) { x = high; }
    if (step >= FIRST_PLACE) { x = low + (high - low) * (0.5 - lowF) / (highF - lowF); }
    if (step == DOUBLING) { k = most; }
    if (step == HALVING) {
      median = most;
      k = floor(0.5 * (least + most));
      // float32 counts no further
      if (most - least <= 1.0 || k == least || k == most) { break; }
    }
    if (k >= 0.0) { x = (log(k + 1.5) - units.mean) / units.sd; }
  }
  if (lane == 0u) { result[cell.at + 3u] = median; }
}

fn summariseLevels(cell: Cell, levels: u32, lane: u32) {
  for (var level = lane % TOGETHER; level < levels && lane < TOGETHER; level += TOGETHER) { result[cell.at + level] = 0.0; }
  for (var p = 0u; p < params.parts; p++) {
    let part = partAt(p);
    let law = lawOf(part, cell);
    for (var first = 0u; first < part.draws; first += LANES) {
      let counted = first + lane < part.draws;
      let at = thetaAt(part, cell, min(first + lane, part.draws - 1u));
      var state = firstState(law, p, at);
      for (var from_ = 0u; from_ < levels; from_ += TOGETHER) {
        let to = min(levels, from_ + TOGETHER);
        for (var level = from_; level < to; level++) {
          let probability = probabilityOf(law, p, at, level, &state);
          tile[lane * TOGETHER + level - from_] = select(0.0, probability, counted);
        }
        workgroupBarrier();
        if (lane < to - from_) {
          var sum = 0.0;
          for (var i = 0u; i < LANES; i++) { sum += tile[i * TOGETHER + lane]; }
          result[cell.at + from_ + lane] += sum;
        }
        workgroupBarrier();
      }
    }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = group.x + group.y * groups.x;
  if (index >= cells[CELL_COUNT]) { return; }
  let record = HEAD + 8u * index;
  let cell = Cell(cells[record], cells[record + 1u], cells[record + 2u], vec2u(cells[record + 3u], cells[record + 4u]), bitcast<f32>(cells[record + 5u]), vec2u(cells[record + 6u], cells[record + 7u]));
  let law = lawOf(partAt(0u), cell);
  let units = unitsAt(params.units + 15u * cell.column);
  let isLevels = law.kind >= BERNOULLI;
  let sum = drawCell(cell, units, index, isLevels, cell.at + select(NUMBER_WIDTH, law.count, isLevels), lane);
  if (isLevels) {
    summariseLevels(cell, law.count, lane);
    return;
  }
  var around = vec3f();
  var alike = 0.0;
  if (cells[WANTS_DRAWS] == 1u) { alike = summariseDraws(cell, units, index, sum, &around, lane); }
  placeCell(cell, units, around, alike, lane);
}
