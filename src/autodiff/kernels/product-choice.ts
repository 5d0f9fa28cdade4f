import { GPU_BUFFER, type Gpu } from "../../gpu/device.ts";
import { makeDispatch, submit, type Storage } from "../../gpu/dispatch.ts";
import type { Question, Trial } from "../../gpu/tuning.ts";
import { candidateConvVariants, defaultConvVariant, plainConv, type ConvVariant } from "./conv/conv.ts";
import { convElements, convName, convWork, type ConvShape } from "./conv/conv-shape.ts";
import { matmulElements, matmulName, matmulWork, type MatmulShape } from "./matmul/matmul-shape.ts";
import { candidateVariants, defaultVariant, plainMatmul } from "./matmul/matmul.ts";
import type { MatmulVariant } from "./matmul/matmul-variant.ts";
import { productDevice, type PlainProduct, type ProductDevice } from "./product.ts";

/** Which variant computes a product. */
export interface ProductChoice {
  matmul(shape: MatmulShape): MatmulVariant;
  conv(shape: ConvShape): ConvVariant;
}

/** Decides on the variants of all products of a program: by measurement where the device has a tuning, else by rule. */
export async function productChoice(gpu: Gpu, matmuls: readonly MatmulShape[], convs: readonly ConvShape[]): Promise<ProductChoice> {
  return { matmul: await chooser(gpu, matmulKind, matmuls), conv: await chooser(gpu, convKind, convs) };
}

/** What there is to choose among for products of one kind. */
interface Kind<Shape, Variant> {
  /** The question's name, under which an answer is kept. */
  name(shape: Shape): string;
  /** Multiply-adds. */
  work(shape: Shape): number;
  /** Elements of both operands and of the result. */
  elements(shape: Shape): [first: number, second: number, result: number];
  /** The variant that is good without measuring. */
  rule(shape: Shape, device: ProductDevice): Variant;
  candidates(shape: Shape, device: ProductDevice): Variant[];
  plain(shape: Shape, variant: Variant): PlainProduct;
}

const matmulKind: Kind<MatmulShape, MatmulVariant> = {
  name: matmulName, work: matmulWork, elements: matmulElements, rule: defaultVariant, candidates: candidateVariants, plain: plainMatmul,
};

const convKind: Kind<ConvShape, ConvVariant> = {
  name: convName, work: convWork, rule: defaultConvVariant, candidates: candidateConvVariants, plain: plainConv,
  elements: (shape) => {
    const { x, second, result } = convElements(shape);
    return [x, second, result];
  },
};

/** Products with fewer multiply-adds take less time than their dispatch: nothing to gain. */
const leastTunedWork = 2 ** 20;
/** Larger operands and results are not made only to measure. */
const mostTunedBytes = 2 ** 28;

async function chooser<Shape, Variant extends { name: string }>(gpu: Gpu, kind: Kind<Shape, Variant>, shapes: readonly Shape[]): Promise<(shape: Shape) => Variant> {
  const device = productDevice(gpu);
  const tuned = new Map<string, Variant>();
  const worthTuning = (shape: Shape): boolean => kind.work(shape) >= leastTunedWork && 4 * Math.max(...kind.elements(shape)) <= mostTunedBytes;
  for (const shape of gpu.tuning ? shapes.filter(worthTuning) : []) {
    const variants = kind.candidates(shape, device);
    const choice = await gpu.tuning!.choose(question(gpu, kind, shape, variants));
    tuned.set(kind.name(shape), variants.find(({ name }) => name === choice)!);
  }
  return (shape) => tuned.get(kind.name(shape)) ?? kind.rule(shape, device);
}

function question<Shape, Variant extends { name: string }>(gpu: Gpu, kind: Kind<Shape, Variant>, shape: Shape, variants: readonly Variant[]): Question {
  return {
    name: kind.name(shape),
    variants: variants.map(({ name }) => name),
    trials: () => {
      const storage = (floats: number, label: string): Storage => ({ buffer: gpu.createBuffer(4 * floats, GPU_BUFFER.STORAGE | GPU_BUFFER.UNIFORM, label), offset: 0, bytes: 4 * floats });
      const sizes = kind.elements(shape);
      const [first, second, out] = [storage(sizes[0], "tuning operand"), storage(sizes[1], "tuning operand"), storage(sizes[2], "tuning result")];
      return {
        prepare: async (name): Promise<Trial> => {
          const plain = kind.plain(shape, variants.find((variant) => variant.name === name)!);
          const dispatch = await makeDispatch(gpu, plain.source, plain.storages(first, second, out), plain.dispatch);
          return {
            run: (times) => {
              submit(gpu, Array.from({ length: times }, () => dispatch));
              return gpu.idle();
            },
          };
        },
        end: () => [first, second, out].forEach(({ buffer }) => buffer.destroy()),
      };
    },
  };
}
