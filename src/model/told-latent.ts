import { broadcastTo, compile, deviceTensor, gather, maximum, reshape, sizeOf, sum, Tape, where, type DeviceTensor, type Program, type Tensor } from "../autodiff/index.ts";
import { submit } from "../gpu/dispatch.ts";
import { logSumExp } from "../math/special.ts";
import type { ToldQuestion } from "./conditional.ts";
import type { Networks } from "./networks.ts";
import type { ModelShape } from "./spec.ts";
import { cellCount, massesOf } from "./told-masses.ts";

/** Posterior draws behind each answer; pairs of a value and a draw that are computed together. */
const [mostDraws, pairsAtOnce] = [48, 32_768];

/**
 * What a latent variable model says of the targets if one more value is told: its posterior draws, weighted by how likely each makes the value, and the predictor's answer to it.
 *   p(y | x_O, x_i) = sum_s w_s p(y | eps_s, x_O, x_i),   w_s in proportion to p(x_i | eps_s),   eps_s ~ p(eps | x_O)
 */
export class ToldLatent {
  private constructor(
    private readonly networks: Networks,
    readonly count: number,
    private readonly sizes: { rows: number; together: number; draws: number },
    private readonly inputs: Record<"rowIndex" | "drawIndex" | "candidate" | "values", DeviceTensor>,
    private readonly program: Program<"logWeight" | "thetaY">,
    private readonly allDraws: number,
  ) {}

  /** Whether it can be asked so: without marginal codes between the values and the latents, and without convolutions. */
  static fits({ config, targets }: ModelShape): boolean {
    return !config.marginal && !config.image && targets.length > 0;
  }

  /** Compiles for posterior draws eps [rows * draws, K] and rows x, observed [rows, D] on the device, read at each question of T values a candidate. */
  static async create(networks: Networks, given: { eps: DeviceTensor; x: DeviceTensor; observed: DeviceTensor }, { rows, draws: allDraws }: { rows: number; draws: number }, count: number): Promise<ToldLatent> {
    const { gpu, shape, latentSize } = networks;
    const d = shape.features.length;
    const draws = Math.min(allDraws, mostDraws);
    const together = Math.max(1, Math.min(rows, Math.floor(pairsAtOnce / (count * draws))));
    const inputs = {
      rowIndex: deviceTensor(gpu, [together], undefined, { dtype: "u32" }),
      drawIndex: deviceTensor(gpu, [together * draws], undefined, { dtype: "u32" }),
      candidate: deviceTensor(gpu, [1, d]),
      values: deviceTensor(gpu, [together, count]),
    };
    const tape = new Tape();
    const eps = gather(reshape(tape.read(given.eps), [rows * allDraws, latentSize]), tape.read(inputs.drawIndex));
    const h1 = networks.generate(eps)[0];
    const output = networks.decoder(h1);
    const pairs = together * count * draws;
    /** [together, 1 or T, 1 or S', width] -> one row a pair, the draws of a value side by side. */
    const each = (t: Tensor, values: number, own: number): Tensor => {
      const width = sizeOf(t.shape) / (together * values * own);
      return reshape(broadcastTo(reshape(t, [together, values, own, width]), [together, count, draws, width]), [pairs, width]);
    };
    const candidate = tape.read(inputs.candidate);
    const rowsOf = (tensor: DeviceTensor): Tensor => each(gather(tape.read(tensor), tape.read(inputs.rowIndex)), 1, 1);
    const chosen = broadcastTo(candidate, [pairs, d]);
    const told = broadcastTo(each(tape.read(inputs.values), count, 1), [pairs, d]);
    const x = where(chosen, told, rowsOf(given.x));
    const observed = maximum(rowsOf(given.observed), chosen);
    const outputs = each(output, 1, draws);
    // log p(x_i | eps_s)
    const logWeight = sum(where(chosen, networks.emission.logProb(outputs, x), 0), 1);
    const thetaY = networks.predictor(each(h1, 1, draws), networks.complete(x, observed, outputs), observed);
    const program = await compile(gpu, { logWeight, thetaY });
    return new ToldLatent(networks, count, { rows, together, draws }, inputs, program, allDraws);
  }

  /** P(targets in a cell | x_O, x_i = v) for every value: [rows, D, T, G]; 0 for what is known already. */
  async masses(question: ToldQuestion, known: Float32Array): Promise<Float64Array> {
    const { networks, sizes, inputs, program, count, allDraws } = this;
    const { rows, together, draws } = sizes;
    const { features, targets } = networks.shape;
    const d = features.length;
    const g = cellCount(question.cells);
    const result = new Float64Array(rows * d * count * g);
    const params = program.outputs.thetaY.shape[2];
    const add = massesOf(targets, networks.targets.variance, params, question);
    for (let first = 0; first < rows; first += together) {
      const own = Math.min(together, rows - first);
      const row = (i: number): number => Math.min(rows - 1, first + i);
      inputs.rowIndex.write(Uint32Array.from({ length: together }, (_, i) => row(i)));
      // draws as far apart as may be
      inputs.drawIndex.write(Uint32Array.from({ length: together * draws }, (_, i) => row(Math.floor(i / draws)) * allDraws + Math.floor((((i % draws) + 0.5) * allDraws) / draws)));
      for (let j = 0; j < d; j++) {
        const open = Array.from({ length: own }, (_, i) => i).filter((i) => known[row(i) * d + j] !== 1);
        if (open.length === 0) continue;
        inputs.candidate.write(Float32Array.from({ length: d }, (_, i) => Number(i === j)));
        inputs.values.write(Float32Array.from({ length: together * count }, (_, i) => question.values[(row(Math.floor(i / count)) * d + j) * count + (i % count)]));
        submit(networks.gpu, [program]);
        const logWeight = await program.outputs.logWeight.read();
        const thetaY = await program.outputs.thetaY.read();
        const width = thetaY.length / (together * count * draws);
        for (const i of open) {
          for (let t = 0; t < count; t++) {
            const pair = (i * count + t) * draws;
            const total = logSumExp(logWeight.subarray(pair, pair + draws));
            for (let s = 0; s < draws; s++) {
              const weight = Math.exp(logWeight[pair + s] - total);
              if (weight > 1e-6) add(thetaY, (pair + s) * width, row(i), weight, result, ((row(i) * d + j) * count + t) * g);
            }
          }
        }
      }
    }
    return result;
  }

  destroy(): void {
    this.program.destroy();
    for (const tensor of Object.values(this.inputs)) tensor.destroy();
  }
}
