type Pair = readonly [number, number];

/** x [N,C,H,W] under kernel [O,C,kh,kw]. */
export interface ConvCase {
  x: readonly [number, number, number, number];
  outputs: number;
  kernel: Pair;
  stride: Pair;
  padding: Pair;
}

/** Height and width of the result. */
export function convSize({ x, kernel, stride, padding }: ConvCase): [number, number] {
  const size = (axis: 0 | 1): number => Math.floor((x[2 + axis] + 2 * padding[axis] - kernel[axis]) / stride[axis]) + 1;
  return [size(0), size(1)];
}

/** Calls back with every multiplication that a convolution consists of, as positions in out, x and kernel. */
function eachProduct(conv: ConvCase, visit: (out: number, x: number, kernel: number) => void): void {
  const [batch, channels, height, width] = conv.x;
  const [outHeight, outWidth] = convSize(conv);
  const [kh, kw] = conv.kernel;
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < conv.outputs; o++)
      for (let y = 0; y < outHeight; y++)
        for (let x = 0; x < outWidth; x++)
          for (let c = 0; c < channels; c++)
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const [row, column] = [y * conv.stride[0] + i - conv.padding[0], x * conv.stride[1] + j - conv.padding[1]];
                if (row < 0 || row >= height || column < 0 || column >= width) continue;
                visit(((n * conv.outputs + o) * outHeight + y) * outWidth + x, ((n * channels + c) * height + row) * width + column, ((o * channels + c) * kh + i) * kw + j);
              }
}

export function convolve(conv: ConvCase, x: ArrayLike<number>, kernel: ArrayLike<number>): Float64Array {
  const [outHeight, outWidth] = convSize(conv);
  const out = new Float64Array(conv.x[0] * conv.outputs * outHeight * outWidth);
  eachProduct(conv, (o, i, k) => (out[o] += x[i] * kernel[k]));
  return out;
}

/** The transpose: g [N,O,Ho,Wo] spread over [N,C,H,W]. */
export function convolveBack(conv: ConvCase, g: ArrayLike<number>, kernel: ArrayLike<number>): Float64Array {
  const x = new Float64Array(conv.x.reduce((a, b) => a * b));
  eachProduct(conv, (o, i, k) => (x[i] += g[o] * kernel[k]));
  return x;
}

/** The kernel's gradient [O,C,kh,kw]. */
export function convolveKernel(conv: ConvCase, x: ArrayLike<number>, g: ArrayLike<number>): Float64Array {
  const kernel = new Float64Array(conv.outputs * conv.x[1] * conv.kernel[0] * conv.kernel[1]);
  eachProduct(conv, (o, i, k) => (kernel[k] += g[o] * x[i]));
  return kernel;
}
