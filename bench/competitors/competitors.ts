import { join } from "node:path";
import type { Gpu } from "../../src/gpu/device.ts";
import type { Clock } from "../measure.ts";
import { Jax } from "./jax.ts";
import { Tfjs, type Library } from "./tfjs.ts";
import { Torch } from "./torch.ts";

/** Who else is here; each is optional. */
export interface Competitors {
  readonly tfjs?: Tfjs;
  readonly jax?: Jax;
  readonly torch?: Torch;
  /** PyTorch on a CUDA GPU, where ours runs on hardware too. */
  readonly cuda?: Torch;
  close(): Promise<void>;
}

export const nobody: Competitors = { close: async () => {} };

/** Loads what is installed and says what is not. The libraries get the provider of our device as `navigator.gpu`: the same Dawn and adapter. */
export async function loadCompetitors(gpu: Gpu, options: { clock: Clock; processorTime: boolean; bench: string; say: (text: string) => void }): Promise<Competitors> {
  const { clock, processorTime, bench, say } = options;
  const { globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: gpu.provider, userAgent: "node" }, configurable: true });
  // the name in a variable: these packages need not be there
  const importer = (name: string): Promise<Library> => import(name);
  const load = async <T>(label: string, loader: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await loader();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const missing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
      say(`${label}: ${missing ? "not installed; for comparisons with it: npm run bench -- --install" : message}`);
      return undefined;
    }
  };
  const tfjs = await load("TensorFlow.js", () => Tfjs.load(clock, importer));
  const jax = await load("jax-js", () => Jax.load(clock, importer));
  const worker = join(bench, "torch/worker.py");
  const torch = Torch.find(worker, processorTime);
  if (!torch) say("PyTorch: not installed; for comparisons with it: apt-get install python3-torch libopenblas0-pthread (without OpenBLAS its products are thirty times slower), or pip install torch");
  // beside a software adapter its time would say nothing
  const found = gpu.software ? undefined : Torch.findCuda(worker);
  if (typeof found === "string") say(`PyTorch on a GPU: ${found}, so nothing is compared with CUDA graphs`);
  else if (found) say(`${found.about}, eagerly and as replayed CUDA graphs`);
  const cuda = typeof found === "object" ? found.torch : undefined;
  return { tfjs, jax, torch, cuda, close: async () => void (await Promise.all([torch?.close(), cuda?.close()])) };
}
