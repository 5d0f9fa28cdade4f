// What is known of the columns: a table at the head of `rows`, COLUMN_WIDTH numbers a column and behind them what its kind
// needs besides (src/sampler/fused/column-table.ts lays it out).

const FAR_BELOW = -1e9;
const LOG_2PI = 1.8378770664093453;

struct Column {
  // its first entry of theta, and how many it has
  first: u32,
  entries: u32,
  // which feature or target it is
  place: u32,
  kind: u32,
  // bounds of its log-variance or log-scale
  low: f32,
  high: f32,
  // where its other numbers begin
  numbers: u32,
}

fn columnAt(n: u32) -> Column {
  let at = n * COLUMN_WIDTH;
  return Column(u32(rows[at]), u32(rows[at + 1u]), u32(rows[at + 2u]), u32(rows[at + 3u]), rows[at + 4u], rows[at + 5u], u32(rows[at + 6u]));
}
