/** Four significant digits: enough to compare, short enough to read. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A share in percent; a digit more near 0 and 1, where it says something. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.995 || share < 0.01 ? 1 : 0)} %`;
}
