/** From nothing to much: light to dark through hues, so that it is no grey picture and reads without colour too. */
const stops = [
  [253, 248, 232],
  [248, 196, 108],
  [222, 96, 62],
  [134, 32, 88],
  [38, 12, 56],
] as const;

/** The colour [r, g, b] of a share of the scale, 0 to 1; shares outside are cut off. */
export function heatColour(share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(at));
  const mix = (channel: 0 | 1 | 2): number => Math.round(stops[below][channel] + (at - below) * (stops[below + 1][channel] - stops[below][channel]));
  return [mix(0), mix(1), mix(2)];
}

/** The top of a scale from 0 that holds all values: 1, 2 or 5 times a power of ten, or between them 1.5, 3, 4, 6, 8. */
export function scaleTop(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > most && Number.isFinite(values[i])) most = values[i];
  if (most === 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return unit * ([1, 1.5, 2, 3, 4, 5, 6, 8].find((step) => step * unit >= most) ?? 10);
}
