import { gradients, type DeviceTensor, type Tape, type Tensor } from "../../../autodiff/index.ts";
import type { Parameters } from "../../../nn/parameters.ts";
import { gradientName } from "./stage.ts";

interface GradientOutputs {
  outputs: Record<string, Tensor>;
  into: Record<string, DeviceTensor>;
}

/** Records the gradients of a loss by the named parameters, to be written where the optimizer reads them. */
export function gradientOutputs(tape: Tape, parameters: Parameters, loss: Tensor, names: readonly string[]): GradientOutputs {
  const grads = gradients(loss, names.map((name) => tape.read(parameters.value(name))));
  const outputs: Record<string, Tensor> = {};
  const into: Record<string, DeviceTensor> = {};
  names.forEach((name, i) => {
    outputs[gradientName(name)] = grads[i];
    into[gradientName(name)] = parameters.gradient(name);
  });
  return { outputs, into };
}
