import { add, clamp, concat, linear, relu, reshape, slice, type Tensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { MixedLikelihood } from "../../likelihood/mixed.ts";
import { mlp } from "../../nn/mlp.ts";
import { Parameters } from "../../nn/parameters.ts";
import { logVarRange } from "../../sampler/fused/spec.ts";
import { perChain } from "../latent/density.ts";
import { FeatureInputs } from "../latent/feature-inputs.ts";
import type { Gaussian } from "../latent/gaussian.ts";
import { completionParams, completionSpecs, memberPrefixes, type CompletionShape } from "./shape.ts";

/** p(x_d | z, x_O) for every column d, z ~ q(z | x_O), as functions on a tape; one network, or several that share the draws. C = D + P columns. */
export class CompletionNetwork {
  readonly parameters: Parameters;
  readonly likelihood: MixedLikelihood;
  readonly members: readonly CompletionMember[];
  private readonly inputs: FeatureInputs;

  constructor(readonly gpu: Gpu, readonly shape: CompletionShape) {
    this.parameters = new Parameters(gpu, completionSpecs(shape));
    this.likelihood = new MixedLikelihood(gpu, shape.columns, 1);
    this.inputs = new FeatureInputs(gpu, shape.columns, shape.knots);
    this.members = memberPrefixes(shape.config).map((prefix) => new CompletionMember(shape, this.parameters, prefix));
  }

  /** The same networks and parameters, whose programs are made by way of this scope of their device. */
  within(gpu: Gpu): CompletionNetwork {
    return Object.assign(Object.create(CompletionNetwork.prototype) as CompletionNetwork, this, { gpu });
  }

  /** What all networks read of a row: its entries, encoded, and which are seen. [B, C] -> [B, J + C] */
  known(x: Tensor, seen: Tensor): Tensor {
    return concat([this.inputs.of(x, seen), seen], 1);
  }
}

/** One network of its own. */
export class CompletionMember {
  constructor(
    private readonly shape: CompletionShape,
    private readonly parameters: Parameters,
    private readonly prefix: string,
  ) {}

  /** The names of this network's parameters. */
  get parameterNames(): string[] {
    return this.parameters.specs.filter(({ block }) => block === this.prefix).map(({ name }) => name);
  }

  /** q(z | x_O): [B, J + C] -> [B, k] each. */
  encoder(known: Tensor): Gaussian {
    return this.encoderFrom(this.firstLayers(known).encoder);
  }

  /** The names of the kernels that read what is known. */
  get firstKernels(): Record<"encoder" | "known", string> {
    return { encoder: `${this.prefix}encoder/0/kernel`, known: `${this.prefix}known/0/kernel` };
  }

  /** What the layers that read a row make of it, before any ReLU: [B, J + C] -> [B, hidden] each. */
  firstLayers(known: Tensor): Record<"encoder" | "known", Tensor> {
    return { encoder: this.layer("encoder/0", known), known: this.layer("known/0", known) };
  }

  /** q(z | x_O) from the encoder's first layer [B, hidden]. */
  encoderFrom(first: Tensor): Gaussian {
    const out = mlp(first.tape, this.parameters, `${this.prefix}encoder`, first, 1);
    const { latent } = this.shape.config;
    return { mean: slice(out, 1, 0, latent), logVar: clamp(slice(out, 1, latent, 2 * latent), ...logVarRange) };
  }

  /** Likelihood parameters of every column at each draw, or of those from `first` on: z [B S, k], known [B, J + C] -> [B S, C - first, params]. The rows' part is computed once a row. */
  decoder(z: Tensor, known: Tensor, first = 0): Tensor {
    return this.decoderFrom(z, this.layer("known/0", known), first);
  }

  /** The same from what the decoder's first layer makes of the rows [B, hidden]. */
  decoderFrom(z: Tensor, known: Tensor, first = 0): Tensor {
    const { tape } = z;
    const net = (name: string, t: Tensor): Tensor => mlp(tape, this.parameters, `${this.prefix}${name}`, t);
    let h = relu(add(net("latent", z), perChain(known, z.shape[0] / known.shape[0])));
    // h <- h + MLP(h)
    for (let i = 0; i < this.shape.config.blocks; i++) h = add(h, net(`block/${i}`, h));
    const [columns, params] = [this.shape.columns.length, completionParams(this.shape)];
    if (first === 0) return reshape(net("output", h), [z.shape[0], columns, params]);
    const own = (part: string, axis: number): Tensor => slice(tape.read(this.parameters.value(`${this.prefix}output/0/${part}`)), axis, first * params, columns * params);
    return reshape(linear(h, own("kernel", 1), own("bias", 0)), [z.shape[0], columns - first, params]);
  }

  private layer(name: string, x: Tensor): Tensor {
    const value = (part: string): Tensor => x.tape.read(this.parameters.value(`${this.prefix}${name}/${part}`));
    return linear(x, value("kernel"), value("bias"));
  }
}
