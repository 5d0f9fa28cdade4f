import type { Benchmark, Context, Row } from "../benchmark.ts";
import { columnSummary, compare } from "../compare.ts";
import { Jax } from "../competitors/jax.ts";
import { Tfjs } from "../competitors/tfjs.ts";
import { torchContenders } from "../competitors/torch.ts";
import type { Contender } from "../measure.ts";
import { expectNear } from "../numbers.ts";
import { deviceTime, ourContender } from "../ours.ts";
import { element, product, type Shape } from "../workloads/product.ts";

const square: Shape[] = [256, 512, 1024, 2048].map((size) => [size, size, size]);
/** What the models use, and the corners around it. */
const skinny: Shape[] = [
  [100, 28, 256], [100, 256, 256], [100, 256, 20], [100, 10, 256], [100, 256, 13], [100, 300, 512],
  [3000, 15, 256], [3000, 256, 26], [51_000, 5, 256], [51_000, 15, 256], [51_000, 256, 26], [51_000, 256, 13], [51_000, 300, 64],
];

/** One product, checked and timed. */
export async function oneShape(context: Context, shape: Shape): Promise<Row> {
  const { gpu, competitors } = context;
  context.say(`matmul ${shape.join(" x ")}`);
  const { tfjs, jax } = competitors;
  const [m, k, n] = shape;
  const ours = await product(gpu, shape);
  const { a, b, check, program, operations } = ours;
  await ours.checkOurs();
  const contenders: Contender[] = [ourContender(gpu, context.clock, [program])];
  const ends: (() => void)[] = [() => ours.destroy()];

  if (tfjs) {
    const [x, y] = [tfjs.tensor(a, [m, k]), tfjs.tensor(b, [k, n])];
    const result = tfjs.tf.matMul(x, y);
    check(Tfjs.label, await result.data());
    contenders.push(tfjs.contender(() => tfjs.tf.matMul(x, y)));
    ends.push(() => [x, y, result].forEach((tensor) => tensor.dispose()));
  }
  if (jax) {
    const [x, y] = [jax.array(a, [m, k]), jax.array(b, [k, n])];
    const multiply = jax.jax.jit((p: unknown, q: unknown) => jax.jax.numpy.matmul(p, q));
    const run = () => multiply(x.ref, y.ref);
    check(Jax.label, await run().data());
    contenders.push(jax.contender(run));
    ends.push(() => [x, y].forEach((array) => array.dispose()));
  }
  const first = [0, 1, 2, 3].map((index) => element(a, b, shape, index));
  contenders.push(...(await torchContenders(competitors, "matmul", [...shape], async (who, result) => expectNear(who, await result(), first, { rtol: 1e-5, atol: 2e-6 * Math.sqrt(k) }))));
  const measured = await context.measure(contenders);
  const onDevice = await deviceTime(gpu, [program]);
  for (const end of ends) end();
  const row = compare({ shape: `[${m},${k}] x [${k},${n}]` }, measured);
  row["ours, GFLOP/s"] = operations / measured[0].ms / 1e6;
  if (onDevice !== undefined) row["ours, device ms"] = onDevice;
  return row;
}

export const matmulBenchmark: Benchmark = {
  name: "matmul",
  about: "products of matrices, square and skinny, as the tape compiles them",
  async run(context) {
    const rows: Row[] = [];
    for (const shape of context.quick ? [skinny[0]] : [...square, ...skinny]) rows.push(await oneShape(context, shape));
    const notes = ["64 elements of each product were compared with float64."];
    for (const column of [`${Tfjs.label} / ours`, `${Jax.label} / ours`]) {
      const found = columnSummary(rows, column);
      if (found) notes.push(`${column}: least ${found.least.toFixed(2)}, median ${found.median.toFixed(2)}.`);
    }
    return { notes, rows };
  },
};
