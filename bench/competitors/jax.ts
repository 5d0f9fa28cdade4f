import type { Clock, Contender } from "../measure.ts";
import type { Library } from "./tfjs.ts";

/** jax-js on its WebGPU backend, with a device of its own on the adapter that `navigator.gpu` gives. Functions are jitted. */
export class Jax {
  static readonly label = "jax-js";

  private constructor(readonly jax: Library, private readonly clock: Clock) {}

  static async load(clock: Clock, importer: (name: string) => Promise<Library>): Promise<Jax> {
    const jax = await importer("@jax-js/jax");
    const backends: string[] = await jax.init("webgpu");
    if (!backends.includes("webgpu")) throw new Error("jax-js found no WebGPU adapter");
    jax.defaultDevice("webgpu");
    return new Jax(jax, clock);
  }

  array(data: Float32Array, shape: number[]): Library {
    return this.jax.numpy.array(data).reshape(shape);
  }

  /** `run` returns an array or a list of them. They are awaited before they are disposed: jax-js is lazy and drops what nobody reads. */
  contender(run: () => Library): Contender {
    const { clock, jax } = this;
    return {
      name: Jax.label,
      async time(count) {
        const begin = clock();
        const results = [];
        for (let i = 0; i < count; i++) results.push(run());
        await jax.blockUntilReady(results);
        const took = clock() - begin;
        for (const array of results.flat()) array.dispose();
        return took;
      },
    };
  }
}
