import { compile, Tape, type Program, type Tensor } from "../../src/autodiff/index.ts";
import { submit } from "../../src/gpu/dispatch.ts";
import { recordElbo } from "../../src/model/training/stages/elbo.ts";
import { gradientOutputs } from "../../src/model/training/stages/gradient-outputs.ts";
import { drawBatch } from "../../src/model/training/training-batch.ts";
import type { Benchmark, Context, Row } from "../benchmark.ts";
import { expectNear } from "../numbers.ts";
import { deviceTime, ourContender } from "../ours.ts";
import { startTraining } from "../workloads/boston.ts";
import { vaeLosses } from "../workloads/vae.ts";
import { ourStep } from "./vae-step.ts";

const ways = [{ name: "passes", passes: true }, { name: "kernels", passes: false }] as const;
const steps = 3;

/** Largest difference of some numbers, as a share of the largest of them; throws unless it is rounding. */
function expectSame(who: string, got: ArrayLike<number>, expected: ArrayLike<number>): number {
  const size = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expectNear(who, got, expected, { rtol: 1e-3, atol: 1e-4 * size });
  return Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs(value - got[i])), 0) / Math.max(size, Number.MIN_VALUE);
}

/** Some steps of the small VAE both ways, from the same weights: losses as in float64, and the same weights in the end. */
async function vaeBothWays(context: Context): Promise<Row> {
  const { gpu, clock } = context;
  const [inPasses, inKernels] = [await ourStep(gpu, true), await ourStep(gpu, false)];
  for (const [who, step] of [["VAE in passes", inPasses], ["VAE in kernels", inKernels]] as const) {
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) {
      submit(gpu, step.work);
      losses.push(await step.loss());
    }
    expectNear(`${who}, losses`, losses, vaeLosses(steps), { rtol: 2e-4, atol: 0 });
  }
  const apart = expectSame("VAE, weights after three steps", await inPasses.weights(), await inKernels.weights());
  const [passes, kernels] = await context.measure([ourContender(gpu, clock, inPasses.work, "passes"), ourContender(gpu, clock, inKernels.work, "kernels")]);
  const device = { passes: await deviceTime(gpu, inPasses.work), kernels: await deviceTime(gpu, inKernels.work) };
  const dispatches = { passes: inPasses.dispatches, kernels: inKernels.dispatches };
  inPasses.destroy();
  inKernels.destroy();
  return line("VAE step 28-256-20, 10-256-13", { passes: passes.ms, kernels: kernels.ms }, device, dispatches, apart);
}

/** The ELBO of Boston and its gradients both ways, of the same batch and noise. */
async function elboBothWays(context: Context): Promise<Row> {
  const { gpu, clock } = context;
  const { networks, data, key, counter, schedule } = await startTraining(gpu);
  const record = (): Record<string, Tensor> => {
    const tape = new Tape();
    const [keyTensor, step] = [tape.read(key), tape.read(counter.tensor)];
    const batch = drawBatch(tape, data, { key: keyTensor, step, schedule });
    const { loss, elbo } = recordElbo(networks, batch, { key: keyTensor, step, firstStep: 0, schedule });
    const { outputs } = gradientOutputs(tape, networks.parameters, loss, networks.parameters.names("encoder/", "generative/", "decoder/", "predictor/"));
    return { elbo, ...outputs };
  };
  const programs: Program[] = [];
  for (const { name, passes } of ways) {
    context.say(`passes: compiling the ELBO in ${name}`);
    programs.push(await compile(gpu, record(), { passes }));
  }
  for (const program of programs) program.run();
  const [inPasses, inKernels] = programs;
  let apart = 0;
  for (const name of Object.keys(inKernels.outputs)) apart = Math.max(apart, expectSame(`ELBO, ${name} in passes`, await inPasses.outputs[name].read(), await inKernels.outputs[name].read()));
  const [passes, kernels] = await context.measure([ourContender(gpu, clock, [inPasses], "passes"), ourContender(gpu, clock, [inKernels], "kernels")]);
  const device = { passes: await deviceTime(gpu, [inPasses]), kernels: await deviceTime(gpu, [inKernels]) };
  const dispatches = { passes: inPasses.dispatchCount, kernels: inKernels.dispatchCount };
  for (const program of programs) program.destroy();
  return line("ELBO of Boston and its gradients, batch 100", { passes: passes.ms, kernels: kernels.ms }, device, dispatches, apart);
}

type Both<T> = Readonly<Record<"passes" | "kernels", T>>;

function line(program: string, ms: Both<number>, device: Both<number | undefined>, dispatches: Both<number>, apart: number): Row {
  const row: Row = { program, "largest difference": apart, "kernels / passes": ms.kernels / ms.passes };
  for (const { name } of ways) {
    row[`${name}, ms`] = ms[name];
    const onDevice = device[name];
    if (onDevice !== undefined) row[`${name}, device ms`] = onDevice;
    row[`${name}, dispatches`] = dispatches[name];
  }
  return row;
}

/** The lines of the comparison; the ELBO, whose passes a software adapter compiles for minutes, on hardware alone. */
export async function passesRows(context: Context): Promise<Row[]> {
  context.say("passes: the VAE step");
  const rows = [await vaeBothWays(context)];
  if (!context.gpu.software) rows.push(await elboBothWays(context));
  return rows;
}

export const passesNote = "Passes and kernels give the same numbers: the VAE's losses are those in float64, its weights after three steps and the gradients of the ELBO agree within 1e-3, or 1e-4 of the largest of an array.";

export const passesBenchmark: Benchmark = {
  name: "passes",
  about: "programs compiled in passes and in kernels, on the same adapter: the same numbers, and both times (on hardware the ELBO step of Boston too)",
  onRequest: true,
  async run(context) {
    return { notes: [passesNote], rows: await passesRows(context) };
  },
};
