import { add, conv2d, convTranspose2d, reshape, type ConvOptions, type ConvTransposeOptions, type Tape, type Tensor } from "../autodiff/index.ts";
import type { ParameterSpec, Parameters } from "./parameters.ts";

interface ConvSizes {
  inputs: number;
  outputs: number;
  /** Height and width of the kernel. */
  kernel: readonly [number, number];
}

/** Parameters of a convolution: `<name>/kernel` [O, C, kh, kw] and `<name>/bias` [O], uniform within 1/sqrt(C kh kw), as in PyTorch. */
export function convSpecs(name: string, { inputs, outputs, kernel }: ConvSizes): ParameterSpec[] {
  return specs(name, [outputs, inputs, ...kernel], outputs);
}

/** Parameters of a transposed convolution: `<name>/kernel` [C, O, kh, kw] and `<name>/bias` [O], uniform within 1/sqrt(O kh kw), as in PyTorch. */
export function convTransposeSpecs(name: string, { inputs, outputs, kernel }: ConvSizes): ParameterSpec[] {
  return specs(name, [inputs, outputs, ...kernel], outputs);
}

// PyTorch takes axes 1 to 3 of the kernel as what an output is made of, in a transposed convolution too
function specs(name: string, kernel: number[], outputs: number): ParameterSpec[] {
  const bound = 1 / Math.sqrt(kernel[1] * kernel[2] * kernel[3]);
  return [
    { name: `${name}/kernel`, shape: kernel, low: -bound, high: bound },
    { name: `${name}/bias`, shape: [outputs], low: -bound, high: bound },
  ];
}

/** x [N,C,H,W] through the convolution `name`, its bias added -> [N,O,Ho,Wo]. */
export function conv(tape: Tape, parameters: Parameters, name: string, x: Tensor, options: ConvOptions = {}): Tensor {
  return withBias(tape, parameters, name, conv2d(x, tape.read(parameters.value(`${name}/kernel`)), options));
}

/** x [N,C,H,W] through the transposed convolution `name`, its bias added -> [N,O,Ho,Wo]. */
export function convTranspose(tape: Tape, parameters: Parameters, name: string, x: Tensor, options: ConvTransposeOptions = {}): Tensor {
  return withBias(tape, parameters, name, convTranspose2d(x, tape.read(parameters.value(`${name}/kernel`)), options));
}

function withBias(tape: Tape, parameters: Parameters, name: string, y: Tensor): Tensor {
  return add(y, reshape(tape.read(parameters.value(`${name}/bias`)), [y.shape[1], 1, 1]));
}
