import { broadcastTo, compile, deviceTensor, foldIn, randomNormal, slice, Tape, type DeviceTensor, type Program } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import type { Key } from "../../math/key.ts";
import type { KnownRows, ToldQuestion } from "../conditional.ts";
import { reparameterise } from "../gaussian.ts";
import { cellCount, massesOf } from "../told-masses.ts";
import type { CompletionNetwork } from "./completion-network.ts";
import { eachMember, sideBySide } from "./completion-sampler.ts";

/** Questions that are answered together. */
const together = 2048;

/** What completion networks say of the targets if one more value is told: they see it. All questions share the draw of z of each member, so that answers differ by the values alone. */
export class ToldCompletion {
  private constructor(
    private readonly network: CompletionNetwork,
    private readonly rows: number,
    private readonly inputs: Record<"x" | "observed" | "key", DeviceTensor>,
    private readonly program: Program<"thetaY">,
  ) {}

  static async create(network: CompletionNetwork, asked: number): Promise<ToldCompletion> {
    const { gpu, shape, members } = network;
    const rows = Math.min(together, asked);
    const inputs = { x: deviceTensor(gpu, [rows, shape.features]), observed: deviceTensor(gpu, [rows, shape.features]), key: deviceTensor(gpu, [2], undefined, { dtype: "u32" }) };
    const tape = new Tape();
    const { x, observed } = sideBySide(tape, network, inputs, rows);
    const known = network.known(x, observed);
    const theta = eachMember(network, { rows, draws: members.length }, (member, _, m) => {
      const q = member.encoder(known);
      const noise = randomNormal(foldIn(tape.read(inputs.key), 1 + m), [1, q.mean.shape[1]]);
      return member.decoder(reparameterise(q, broadcastTo(noise, q.mean.shape)), known);
    });
    const program = await compile(gpu, { thetaY: slice(theta, 1, shape.features, shape.columns.length) });
    return new ToldCompletion(network, rows, inputs, program);
  }

  /** P(targets in a cell | x_O, x_i = v) for every value: [rows, D, T, G]; 0 for what is known already. */
  async masses({ values, count, cells }: ToldQuestion, known: KnownRows, key: Key): Promise<Float64Array> {
    const { network, inputs, program } = this;
    const { features: d, columns } = network.shape;
    const g = cellCount(cells);
    const result = new Float64Array(known.rows * d * count * g);
    const [, targets, params] = program.outputs.thetaY.shape;
    const members = network.members.length;
    const add = massesOf(columns.slice(d), 1, params, { cells });
    const open = Array.from({ length: known.rows * d }, (_, cell) => cell).filter((cell) => known.observed[cell] !== 1);
    inputs.key.write(key);
    const [x, observed] = [new Float32Array(this.rows * d), new Float32Array(this.rows * d)];
    const asked = open.length * count;
    for (let first = 0; first < asked; first += this.rows) {
      const own = Math.min(this.rows, asked - first);
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
      submit(network.gpu, [program]);
      const theta = await program.outputs.thetaY.read();
      for (let i = 0; i < own; i++) {
        const { cell, at } = place(i);
        for (let m = 0; m < members; m++) add(theta, (i * members + m) * targets * params, Math.floor(cell / d), 1 / members, result, at * g);
      }
    }
    return result;
  }

  destroy(): void {
    this.program.destroy();
    for (const tensor of Object.values(this.inputs)) tensor.destroy();
  }
}
