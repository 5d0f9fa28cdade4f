import { GPU_BUFFER, type Gpu } from "../../../gpu/device.ts";
import { makeDispatch, submit, type Storage } from "../../../gpu/dispatch.ts";
import type { Question, Trial } from "../../../gpu/tuning.ts";
import { plainConv } from "./conv-plain.ts";
import { candidateConvVariants, defaultConvVariant, type ConvVariant } from "./conv.ts";
import { convElements, convWork, type ConvShape } from "./conv-shape.ts";
import { leastTunedWork, matmulDevice, mostTunedBytes } from "../matmul/matmul-choice.ts";

/** Decides on the variant of each convolution: by measurement where the device has a tuning, else by rule. */
export async function convChooser(gpu: Gpu, shapes: readonly ConvShape[]): Promise<(shape: ConvShape) => ConvVariant> {
  const device = matmulDevice(gpu);
  const tuned = new Map<string, ConvVariant>();
  if (gpu.tuning) {
    for (const shape of shapes.filter(worthTuning)) {
      const variants = candidateConvVariants(shape, device);
      const choice = await gpu.tuning.choose(question(gpu, shape, variants));
      tuned.set(convName(shape), variants.find(({ name }) => name === choice)!);
    }
  }
  return (shape) => tuned.get(convName(shape)) ?? defaultConvVariant(shape, device);
}

/** `forward 100x1x28x28 to 16x14x14 kernel 5x5 stride 2x2 padding 2x2`. */
export function convName({ kind, batch, inChannels, outChannels, inSize, outSize, kernel, stride, padding, parts }: ConvShape): string {
  const sizes = [[batch, inChannels, ...inSize], [outChannels, ...outSize], kernel, stride, padding].map((part) => part.join("x"));
  return `${kind} ${sizes[0]} to ${sizes[1]} kernel ${sizes[2]} stride ${sizes[3]} padding ${sizes[4]}${parts > 1 ? ` in ${parts} parts` : ""}`;
}

function worthTuning(shape: ConvShape): boolean {
  return convWork(shape) >= leastTunedWork && 4 * Math.max(...Object.values(convElements(shape))) <= mostTunedBytes;
}

function question(gpu: Gpu, shape: ConvShape, variants: readonly ConvVariant[]): Question {
  return {
    name: convName(shape),
    variants: variants.map(({ name }) => name),
    trials: () => {
      const storage = (floats: number, label: string): Storage => ({ buffer: gpu.createBuffer(4 * floats, GPU_BUFFER.STORAGE | GPU_BUFFER.UNIFORM, label), offset: 0, bytes: 4 * floats });
      const sizes = convElements(shape);
      const [x, second, out] = [storage(sizes.x, "tuning x"), storage(sizes.second, "tuning kernel"), storage(sizes.result, "tuning result")];
      return {
        prepare: async (name): Promise<Trial> => {
          const plain = plainConv(shape, variants.find((variant) => variant.name === name)!);
          const dispatch = await makeDispatch(gpu, plain.source, plain.storages(x, second, out), plain.dispatch);
          return {
            run: (times) => {
              submit(gpu, Array.from({ length: times }, () => dispatch));
              return gpu.idle();
            },
          };
        },
        end: () => [x, second, out].forEach(({ buffer }) => buffer.destroy()),
      };
    },
  };
}
