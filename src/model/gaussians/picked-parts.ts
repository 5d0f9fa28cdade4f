import { compile, deviceTensor, gather, slice, Tape, type DeviceTensor, type Program } from "../../autodiff/index.ts";
import { submit } from "../../gpu/dispatch.ts";
import type { Gpu } from "../../gpu/device.ts";

/** B rows, M parts, S draws of each row, D features and P targets of C parameters each. */
interface Sizes {
  readonly rows: number;
  readonly parts: number;
  readonly draws: number;
  readonly features: number;
  readonly targets: number;
  readonly params: number;
}

type Picked = Program<"thetaX" | "thetaY" | "logProbX" | "logProbY">;

/** What each part of a mixture says of a row, uploaded once, and on the device what the part of each draw says. */
export class PickedParts {
  private constructor(
    private readonly gpu: Gpu,
    private readonly theta: DeviceTensor,
    private readonly logProb: DeviceTensor,
    private readonly index: DeviceTensor,
    private readonly pick: Picked,
  ) {}

  static async create(gpu: Gpu, { rows, parts, draws, features: d, targets: p, params }: Sizes): Promise<PickedParts> {
    const theta = deviceTensor(gpu, [rows * parts, (d + p) * params]);
    const logProb = deviceTensor(gpu, [rows * parts, d + p]);
    const index = deviceTensor(gpu, [rows * draws], undefined, { dtype: "u32" });
    const tape = new Tape();
    const [ofTheta, ofLogProb] = [theta, logProb].map((tensor) => gather(tape.read(tensor), tape.read(index)));
    const features = { thetaX: slice(ofTheta, 1, 0, d * params), logProbX: slice(ofLogProb, 1, 0, d) };
    const targets = p > 0 && { thetaY: slice(ofTheta, 1, d * params, (d + p) * params), logProbY: slice(ofLogProb, 1, d, d + p) };
    return new PickedParts(gpu, theta, logProb, index, (await compile(gpu, { ...features, ...targets } as Parameters<typeof compile>[1])) as Picked);
  }

  /** theta [B, M, D + P, C] and log p of the truth [B, M, D + P] of each part, and which row of these each draw takes [B, S]: [B S, ...] of features and, where there are some, targets. */
  submit(theta: Float32Array, logProb: Float32Array, index: Uint32Array): Partial<Picked["outputs"]> & Pick<Picked["outputs"], "thetaX" | "logProbX"> {
    this.theta.write(theta);
    this.logProb.write(logProb);
    this.index.write(index);
    submit(this.gpu, [this.pick]);
    return this.pick.outputs;
  }

  destroy(): void {
    for (const own of [this.theta, this.logProb, this.index, this.pick]) own.destroy();
  }
}
