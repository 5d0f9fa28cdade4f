/** The part of a warm-up whose draws give the metric: from `start` up to `end`, exclusive. */
interface MetricWindow {
  readonly start: number;
  readonly end: number;
}

/**
 * Stan's warm-up: first the step size alone while the chains find the bulk, then windows that double and each end with a
 * new metric, then the step size alone again for the last metric. Under 20 transitions there is no metric to learn.
 */
export function metricWindows(warmup: number): MetricWindow[] {
  if (warmup < 20) return [];
  const first = Math.min(75, Math.floor(0.15 * warmup));
  const last = warmup - Math.min(50, Math.ceil(0.1 * warmup));
  const windows: MetricWindow[] = [];
  let length = Math.min(25, last - first);
  for (let start = first; start < last; length *= 2) {
    // a window that could not be followed by one twice as long takes the rest
    const end = start + 3 * length > last ? last : start + length;
    windows.push({ start, end });
    start = end;
  }
  return windows;
}
