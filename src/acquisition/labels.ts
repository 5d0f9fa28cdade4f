/** One variable's draws of [S, width]. */
export function columnOf(values: Float32Array, width: number, column: number): Float32Array {
  const own = new Float32Array(values.length / width);
  for (let s = 0; s < own.length; s++) own[s] = values[s * width + column];
  return own;
}

/** Bins of one variable over some draws: of a continuous one equally many draws each, equal values together, or equal width between the smallest and largest; else its levels. */
export function binLabels(values: ArrayLike<number>, levels: number, bins: number, equalMass = false): { labels: Uint16Array; bins: number } {
  const labels = new Uint16Array(values.length);
  if (levels > 1) {
    for (let s = 0; s < values.length; s++) labels[s] = Math.min(Math.max(Math.trunc(values[s]), 0), levels - 1);
    return { labels, bins: levels };
  }
  if (equalMass) {
    const sorted = Float64Array.from(values).sort();
    const borders = Array.from({ length: bins - 1 }, (_, b) => sorted[Math.floor(((b + 1) * sorted.length) / bins)]);
    for (let s = 0; s < values.length; s++) labels[s] = borders.reduce((label, border) => label + Number(values[s] >= border), 0);
    return { labels, bins };
  }
  let lowest = Infinity;
  let highest = -Infinity;
  for (let s = 0; s < values.length; s++) {
    lowest = Math.min(lowest, values[s]);
    highest = Math.max(highest, values[s]);
  }
  if (highest > lowest) {
    for (let s = 0; s < values.length; s++) labels[s] = Math.min(Math.trunc(((values[s] - lowest) / (highest - lowest)) * bins), bins - 1);
  }
  return { labels, bins };
}

/** The pair of two labels as one. */
export function jointLabels(a: { labels: Uint16Array; bins: number }, b: { labels: Uint16Array; bins: number }): { labels: Uint16Array; bins: number } {
  return { labels: a.labels.map((label, s) => label * b.bins + b.labels[s]), bins: a.bins * b.bins };
}

/** Counts [a, b] of two labels. */
export function countPairs(a: { labels: Uint16Array; bins: number }, b: { labels: Uint16Array; bins: number }): Uint32Array {
  const counts = new Uint32Array(a.bins * b.bins);
  a.labels.forEach((label, s) => counts[label * b.bins + b.labels[s]]++);
  return counts;
}
