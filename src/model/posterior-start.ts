import { broadcastTo, concat, exp, reshape, slice, type Tape, type Tensor } from "../autodiff/index.ts";
import type { Networks } from "./networks.ts";

/** The inflation s_l of the encoder's deviation, repeated for each latent of its layer: [K]. */
export function inflation(tape: Tape, networks: Networks): Tensor {
  const { latents } = networks.shape.config;
  const logInflation = tape.read(networks.parameters.value("hmc/log_inflation"));
  return exp(concat(latents.map((size, l) => broadcastTo(reshape(slice(logInflation, 0, l, l + 1), [1]), [size])), 0));
}
