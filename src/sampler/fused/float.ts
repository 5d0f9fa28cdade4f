/** A number as a WGSL f32 literal. */
export function float(x: number): string {
  const text = String(Math.fround(x));
  return /[.e]/.test(text) ? text : `${text}.0`;
}
