import { compile, deviceTensor, Tape, type DeviceTensor, type Program, type Tensor } from "../autodiff/index.ts";
import type { Gpu } from "../gpu/device.ts";
import { submit } from "../gpu/dispatch.ts";
import type { MixedColumn } from "../likelihood/mixed.ts";
import type { Key } from "../math/key.ts";
import type { KnownRows, ToldQuestion } from "./conditional.ts";
import { cellCount, massesOf } from "./told-masses.ts";

/** Questions that are answered together. */
const together = 2048;

/** How a model answers for the targets of rows, on a tape. */
export interface ToldModel {
  /** D */
  features: number;
  targets: readonly MixedColumn[];
  /** Of Gaussians whose variance is fixed. */
  variance: number;
  /** Draws behind each answer. */
  draws: number;
  /** Likelihood parameters of the targets at each draw, targets hidden: x, observed [N, D] -> [N draws, P, params]. All rows share the draws' noise, so that answers differ by what is known alone. */
  answer(x: Tensor, observed: Tensor, key: Tensor): Tensor;
}

/** What a model says of the targets once one more value is told: it is asked as if it had been known. */
export class ToldAnswers {
  private constructor(
    private readonly gpu: Gpu,
    private readonly model: ToldModel,
    private readonly rows: number,
    private readonly inputs: Record<"x" | "observed" | "key", DeviceTensor>,
    private readonly program: Program<"thetaY">,
  ) {}

  /** asked: questions at most. */
  static async create(gpu: Gpu, model: ToldModel, asked: number): Promise<ToldAnswers> {
    const rows = Math.min(together, asked);
    const inputs = { x: deviceTensor(gpu, [rows, model.features]), observed: deviceTensor(gpu, [rows, model.features]), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }) };
    const tape = new Tape();
    const program = await compile(gpu, { thetaY: model.answer(tape.read(inputs.x), tape.read(inputs.observed), tape.read(inputs.key)) });
    return new ToldAnswers(gpu, model, rows, inputs, program);
  }

  /** P(targets in a cell | x_O, x_i = v) for every value: [rows, D, T, G]; 0 for what is known already. */
  async masses({ values, count, cells }: ToldQuestion, known: KnownRows, key: Key): Promise<Float64Array> {
    const { gpu, inputs, program, rows } = this;
    const { features: d, targets, variance, draws } = this.model;
    const g = cellCount(cells);
    const result = new Float64Array(known.rows * d * count * g);
    const [, p, params] = program.outputs.thetaY.shape;
    const add = massesOf(targets, variance, params, { cells });
    const open = Array.from({ length: known.rows * d }, (_, cell) => cell).filter((cell) => known.observed[cell] !== 1);
    inputs.key.write(key);
    const [x, observed] = [new Float32Array(rows * d), new Float32Array(rows * d)];
    const asked = open.length * count;
    for (let first = 0; first < asked; first += rows) {
      const own = Math.min(rows, asked - first);
      /** The cell that the i-th question tells, and the place of the value. */
      const place = (i: number): { cell: number; at: number } => {
        const cell = open[Math.floor((first + i) / count)];
        return { cell, at: cell * count + ((first + i) % count) };
      };
      for (let i = 0; i < own; i++) {
        const { cell, at } = place(i);
        const row = Math.floor(cell / d);
        x.set(known.x.subarray(row * d, (row + 1) * d), i * d);
        observed.set(known.observed.subarray(row * d, (row + 1) * d), i * d);
        x[i * d + (cell % d)] = values[at];
        observed[i * d + (cell % d)] = 1;
      }
      inputs.x.write(x);
      inputs.observed.write(observed);
      submit(gpu, [program]);
      const theta = await program.outputs.thetaY.read();
      for (let i = 0; i < own; i++) {
        const { cell, at } = place(i);
        for (let s = 0; s < draws; s++) add(theta, (i * draws + s) * p * params, Math.floor(cell / d), 1 / draws, result, at * g);
      }
    }
    return result;
  }

  destroy(): void {
    this.program.destroy();
    for (const tensor of Object.values(this.inputs)) tensor.destroy();
  }
}
