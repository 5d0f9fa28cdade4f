/** Mean [rows, C, H, W] and standard deviation [rows, H, W] (n - 1; 0 of one draw; root mean square over channels) of draws [rows, C, H, W] each. */
export function pixelMoments(draws: readonly ArrayLike<number>[], area: number, channels: number): { mean: Float32Array; deviation: Float32Array } {
  const n = draws.length;
  const length = draws[0].length;
  const mean = new Float32Array(length);
  const variance = new Float64Array(length / channels);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const draw of draws) sum += draw[i];
    mean[i] = sum / n;
    let squares = 0;
    for (const draw of draws) squares += (draw[i] - sum / n) ** 2;
    const row = Math.floor(i / (channels * area));
    variance[row * area + (i % area)] += squares / Math.max(1, n - 1) / channels;
  }
  return { mean, deviation: Float32Array.from(variance, Math.sqrt) };
}
