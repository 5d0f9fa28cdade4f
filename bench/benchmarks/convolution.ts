import type { Benchmark, Context, Row } from "../benchmark.ts";
import { columnSummary, compare } from "../compare.ts";
import { Tfjs } from "../competitors/tfjs.ts";
import type { Contender } from "../measure.ts";
import { deviceTime, ourContender } from "../ours.ts";
import { convLayers, convolutionWorkload, convPasses, type ConvLayer, type ConvPass, type ConvWorkload } from "../workloads/convolution.ts";

const passNames: Record<ConvPass, string> = { down: "convolution", up: "transposed", kernel: "kernel's gradient" };

async function oneLayer(context: Context, layer: ConvLayer): Promise<Row[]> {
  const { gpu, competitors } = context;
  const ours = await convolutionWorkload(gpu, layer);
  await ours.checkOurs();
  const theirs = competitors.tfjs && theirPasses(competitors.tfjs, layer, ours);
  const rows: Row[] = [];
  for (const pass of convPasses) {
    const contenders: Contender[] = [ourContender(gpu, context.clock, [ours.programs[pass]])];
    if (theirs) contenders.push(await theirs.contender(pass));
    const measured = await context.measure(contenders);
    const row = compare({ layer: `${layer.batch} x ${layer.inputs}, ${layer.size}^2 - ${layer.outputs}, ${layer.out}^2`, kernel: `${layer.kernel}^2 / ${layer.stride}`, pass: passNames[pass] }, measured);
    row["ours, GFLOP/s"] = ours.operations / measured[0].ms / 1e6;
    const onDevice = await deviceTime(gpu, [ours.programs[pass]]);
    if (onDevice !== undefined) row["ours, device ms"] = onDevice;
    rows.push(row);
  }
  theirs?.dispose();
  ours.destroy();
  return rows;
}

/** TensorFlow.js's kernels for the three passes, in its own layout: x [N,H,W,C], kernel [kh,kw,C,O]. */
function theirPasses(tfjs: Tfjs, layer: ConvLayer, { data, check }: ConvWorkload): { contender(pass: ConvPass): Promise<Contender>; dispose(): void } {
  const { batch, inputs, outputs, size, out, kernel: k, stride, padding } = layer;
  const shapes = { x: [batch, size, size, inputs], g: [batch, out, out, outputs], kernel: [k, k, inputs, outputs] };
  const x = tfjs.tensor(moved(data.x, [batch, inputs, size, size], [0, 2, 3, 1]), shapes.x);
  const g = tfjs.tensor(moved(data.g, [batch, outputs, out, out], [0, 2, 3, 1]), shapes.g);
  const kernel = tfjs.tensor(moved(data.kernel, [outputs, inputs, k, k], [2, 3, 1, 0]), shapes.kernel);
  const options = { strides: [stride, stride], pad: padding, dataFormat: "NHWC", dimRoundingMode: "floor", dilations: [1, 1] };
  const run = (name: string, given: object, more: object) => tfjs.tf.engine().runKernel(name, given, { ...options, ...more });
  const passes = {
    down: () => run("Conv2D", { x, filter: kernel }, {}),
    up: () => run("Conv2DBackpropInput", { dy: g, filter: kernel }, { inputShape: shapes.x }),
    kernel: () => run("Conv2DBackpropFilter", { x, dy: g }, { filterShape: shapes.kernel }),
  };
  /** Where ours has its elements, in their layout. */
  const theirOrder = { down: [[batch, out, out, outputs], [0, 3, 1, 2]], up: [[batch, size, size, inputs], [0, 3, 1, 2]], kernel: [[k, k, inputs, outputs], [3, 2, 0, 1]] };
  return {
    async contender(pass) {
      const result = passes[pass]();
      const [shape, order] = theirOrder[pass];
      const values = moved(await result.data(), shape, order);
      result.dispose();
      check(Tfjs.label, pass, (index) => values[index]);
      return tfjs.contender(passes[pass]);
    },
    dispose: () => [x, g, kernel].forEach((tensor) => tensor.dispose()),
  };
}

/** The array with its axes in another order. */
function moved(data: ArrayLike<number>, shape: readonly number[], order: readonly number[]): Float32Array<ArrayBuffer> {
  const result = new Float32Array(data.length);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const sizes = order.map((axis) => shape[axis]);
  for (let at = 0; at < data.length; at++) {
    let [rest, from] = [at, 0];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += (rest % sizes[axis]) * strides[order[axis]];
      rest = Math.floor(rest / sizes[axis]);
    }
    result[at] = data[from];
  }
  return result;
}

export const convolutionBenchmark: Benchmark = {
  name: "convolution",
  about: "the layers of the image models: forward, and the gradients by x and by the kernel",
  async run(context) {
    const rows: Row[] = [];
    for (const layer of context.quick ? [convLayers[2]] : convLayers) {
      context.say(`convolution ${layer.inputs} x ${layer.size}^2 - ${layer.outputs} x ${layer.out}^2`);
      rows.push(...(await oneLayer(context, layer)));
    }
    const notes = [
      "64 elements of each result were compared with float64. Ours takes [N,C,H,W], TensorFlow.js its own [N,H,W,C].",
      "An encoder's layer runs `convolution` forward and `transposed` for its gradient by x; the decoder's mirror image, which has the same sizes, runs them the other way about.",
    ];
    const found = columnSummary(rows, `${Tfjs.label} / ours`);
    if (found) notes.push(`${Tfjs.label} / ours: least ${found.least.toFixed(2)}, median ${found.median.toFixed(2)}.`);
    return { notes, rows };
  },
};
