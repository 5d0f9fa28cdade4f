import { add, clamp, concat, linear, relu, reshape, slice, type Tensor } from "../../autodiff/index.ts";
import type { Gpu } from "../../gpu/device.ts";
import { MixedLikelihood } from "../../likelihood/mixed.ts";
import { mlp } from "../../nn/mlp.ts";
import { Parameters } from "../../nn/parameters.ts";
import { logVarRange } from "../../sampler/fused/spec.ts";
import { perChain } from "../latent/density.ts";
import { FeatureInputs } from "../latent/feature-inputs.ts";
import type { Gaussian } from "../latent/gaussian.ts";
import { LookUp, type Learning } from "./look-up.ts";
import { completionParams, completionSpecs, memberPrefixes, type CompletionShape } from "./shape.ts";

/** What is known of B rows. */
export interface Known {
  /** Their entries, encoded, and which are seen: [B, J + C]. */
  readonly entries: Tensor;
  /** Where the networks look up training rows: what the one with a prefix reads of the entries and what it finds. */
  find?(prefix: string): FoundFor;
}

interface FoundFor {
  /** [B, J + C + context] */
  readonly read: Tensor;
  /** What is added to the logits: [B, C, params]. */
  readonly evidence: Tensor;
}

/** p(x_d | z, x_O) for every column d, z ~ q(z | x_O), as functions on a tape; one network, or several that share the draws. C = D + P columns. */
export class CompletionNetwork {
  readonly parameters: Parameters;
  readonly likelihood: MixedLikelihood;
  readonly members: readonly CompletionMember[];
  private readonly inputs: FeatureInputs;
  private readonly lookUp?: LookUp;

  constructor(readonly gpu: Gpu, readonly shape: CompletionShape) {
    this.parameters = new Parameters(gpu, completionSpecs(shape));
    this.likelihood = new MixedLikelihood(gpu, shape.columns, 1);
    this.inputs = new FeatureInputs(gpu, shape.columns, shape.knots);
    if (shape.rows) this.lookUp = new LookUp(gpu, shape);
    this.members = memberPrefixes(shape.config).map((prefix) => new CompletionMember(shape, this.parameters, prefix));
  }

  /** The same networks and parameters, whose programs are made by way of this scope of their device. */
  within(gpu: Gpu): CompletionNetwork {
    return Object.assign(Object.create(CompletionNetwork.prototype) as CompletionNetwork, this, { gpu });
  }

  /** What the networks are told of rows [B, C] each. */
  known(x: Tensor, seen: Tensor, learning?: Learning): Known {
    const inputs = this.inputs.of(x, seen);
    const entries = concat([inputs, seen], 1);
    const { lookUp } = this;
    if (!lookUp) return { entries };
    const found = new Map<string, FoundFor>();
    return {
      entries,
      find: (prefix) => {
        const before = found.get(prefix);
        if (before) return before;
        const { context, evidence } = lookUp.find(this.parameters, prefix, inputs, seen, learning);
        const own = { read: concat([entries, context], 1), evidence };
        found.set(prefix, own);
        return own;
      },
    };
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

  /** q(z | x_O): [B, k] each. */
  encoder(known: Known): Gaussian {
    return this.encoderFrom(this.firstLayers(known).encoder);
  }

  /** The names of the kernels that read what is known. */
  get firstKernels(): Record<"encoder" | "known", string> {
    return { encoder: `${this.prefix}encoder/0/kernel`, known: `${this.prefix}known/0/kernel` };
  }

  /** What the layers that read a row make of it, before any ReLU: [B, hidden] each. */
  firstLayers(known: Known): Record<"encoder" | "known", Tensor> {
    const read = this.reads(known);
    return { encoder: this.layer("encoder/0", read), known: this.layer("known/0", read) };
  }

  /** q(z | x_O) from the encoder's first layer [B, hidden]. */
  encoderFrom(first: Tensor): Gaussian {
    const out = mlp(first.tape, this.parameters, `${this.prefix}encoder`, first, 1);
    const { latent } = this.shape.config;
    return { mean: slice(out, 1, 0, latent), logVar: clamp(slice(out, 1, latent, 2 * latent), ...logVarRange) };
  }

  /** Likelihood parameters of every column at each draw, or of those from `first` on: z [B S, k], known of B rows -> [B S, C - first, params]. The rows' part is computed once a row. */
  decoder(z: Tensor, known: Known, first = 0): Tensor {
    const theta = this.decoderFrom(z, this.layer("known/0", this.reads(known)), first);
    const evidence = known.find?.(this.prefix).evidence;
    if (!evidence) return theta;
    const own = slice(evidence, 1, first, evidence.shape[1]);
    const [b, c, params] = own.shape;
    return add(theta, reshape(perChain(reshape(own, [b, c * params]), z.shape[0] / b), theta.shape));
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

  private reads({ entries, find }: Known): Tensor {
    return find ? find(this.prefix).read : entries;
  }

  private layer(name: string, x: Tensor): Tensor {
    const value = (part: string): Tensor => x.tape.read(this.parameters.value(`${this.prefix}${name}/${part}`));
    return linear(x, value("kernel"), value("bias"));
  }
}
