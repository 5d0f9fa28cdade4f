import { GPU_BUFFER, type Gpu } from "../../../gpu/device.ts";
import { makeDispatch, submit, type Storage } from "../../../gpu/dispatch.ts";
import type { Question, Trial } from "../../../gpu/tuning.ts";
import { plainMatmul } from "./matmul-plain.ts";
import { candidateVariants, defaultVariant, type MatmulDevice, type MatmulShape, type MatmulVariant } from "./matmul.ts";

/** Products with fewer multiply-adds take less time than their dispatch: nothing to gain. */
export const leastTunedWork = 2 ** 20;
/** Larger operands and results are not made only to measure. */
export const mostTunedBytes = 2 ** 28;

/** What the choice of a variant depends on, of a device. */
export function matmulDevice(gpu: Gpu): MatmulDevice {
  return { software: gpu.software, subgroupSize: gpu.subgroupSize, uniformOperands: gpu.software };
}

/** Decides on the variant of each shape: by measurement where the device has a tuning, else by rule. */
export async function variantChooser(gpu: Gpu, shapes: readonly MatmulShape[]): Promise<(shape: MatmulShape) => MatmulVariant> {
  const device = matmulDevice(gpu);
  const tuned = new Map<string, MatmulVariant>();
  if (gpu.tuning) {
    for (const shape of shapes.filter(worthTuning)) {
      const variants = candidateVariants(shape, device);
      const choice = await gpu.tuning.choose(matmulQuestion(gpu, shape, variants));
      tuned.set(shapeName(shape), variants.find(({ name }) => name === choice)!);
    }
  }
  return (shape) => tuned.get(shapeName(shape)) ?? defaultVariant(shape, device);
}

/** `matmul 3x100x256x20 ta`: batch, rows, columns, inner; transposed operands; operands that all batches share; b in half precision. */
export function shapeName({ batch, m, n, k, transA, transB, batchA, batchB, halfB }: MatmulShape): string {
  const marks = [transA && "ta", transB && "tb", batch > 1 && !batchA && "sa", batch > 1 && !batchB && "sb", halfB && "hb"].filter(Boolean);
  return ["matmul", [batch, m, n, k].join("x"), ...marks].join(" ");
}

function worthTuning({ batch, m, n, k }: MatmulShape): boolean {
  return batch * m * n * k >= leastTunedWork && 4 * Math.max(batch * m * n, batch * m * k, batch * n * k) <= mostTunedBytes;
}

function matmulQuestion(gpu: Gpu, shape: MatmulShape, variants: readonly MatmulVariant[]): Question {
  const { batch, m, n, k, batchA, batchB } = shape;
  return {
    name: shapeName(shape),
    variants: variants.map(({ name }) => name),
    trials: () => {
      const storage = (floats: number, label: string): Storage => ({ buffer: gpu.createBuffer(4 * floats, GPU_BUFFER.STORAGE | GPU_BUFFER.UNIFORM, label), offset: 0, bytes: 4 * floats });
      const [a, b, out] = [storage((batchA ? batch : 1) * m * k, "tuning a"), storage((batchB ? batch : 1) * n * k, "tuning b"), storage(batch * m * n, "tuning result")];
      return {
        prepare: async (name): Promise<Trial> => {
          const plain = plainMatmul(shape, variants.find((variant) => variant.name === name)!);
          const dispatch = await makeDispatch(gpu, plain.source, plain.storages(a, b, out), plain.dispatch);
          return {
            run: (times) => {
              submit(gpu, Array.from({ length: times }, () => dispatch));
              return gpu.idle();
            },
          };
        },
        end: () => [a, b, out].forEach(({ buffer }) => buffer.destroy()),
      };
    },
  };
}
