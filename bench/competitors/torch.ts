import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Contender } from "../measure.ts";

type Answer = { ms: number; cpuMs: number; result?: number[]; error?: string };

/** What may have PyTorch. */
const pythons = ["python3", "/usr/bin/python3"];

/** A way of PyTorch to do a piece of work. */
export interface TorchWay {
  /** The name of its column. */
  readonly label: string;
  /** Captured once as a CUDA graph and replayed: the host does nothing in between. */
  readonly graph: boolean;
}

const onThread: TorchWay = { label: "PyTorch", graph: false };
export const cudaGraph: TorchWay = { label: "CUDA graph", graph: true };
const cudaEager: TorchWay = { label: "PyTorch CUDA", graph: false };

/** PyTorch: a process that does what it is told, a line of JSON at a time (torch/worker.py). */
export class Torch {
  private readonly process: ChildProcess;
  private readonly answers: AsyncIterableIterator<string>;
  private readonly lines: Interface;

  private constructor(python: string, args: readonly string[], readonly ways: readonly TorchWay[], private readonly processorTime: boolean) {
    this.process = spawn(python, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, OPENBLAS_NUM_THREADS: "1" } });
    this.lines = createInterface(this.process.stdout!);
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  /** On one thread of the processor, by the first Python that has PyTorch; undefined if none has. */
  static find(script: string, processorTime: boolean, candidates = pythons): Torch | undefined {
    const python = candidates.find((name) => spawnSync(name, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
    return python ? new Torch(python, [script], [onThread], processorTime) : undefined;
  }

  /** On a CUDA GPU, by the first Python whose PyTorch finds one, and what it says of both; a string says why there is none. */
  static findCuda(script: string, candidates = pythons): { torch: Torch; about: string } | string {
    const question = "import torch; print(torch.__version__, torch.cuda.get_device_name() if torch.cuda.is_available() else '', sep='\\t')";
    let without: string | undefined;
    for (const python of candidates) {
      const { status, stdout } = spawnSync(python, ["-c", question], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      if (status !== 0) continue;
      const [version, device] = stdout.trimEnd().split("\t");
      if (device) return { torch: new Torch(python, [script, "cuda"], [cudaEager, cudaGraph], false), about: `PyTorch ${version} on ${device}` };
      without ??= version;
    }
    return without === undefined ? "no PyTorch is installed" : `PyTorch ${without} finds no CUDA GPU`;
  }

  private async ask(question: object): Promise<Answer> {
    this.process.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error("PyTorch's process ended; its message is above.");
    const answer = JSON.parse(value) as Answer;
    if (answer.error) throw new Error(`PyTorch: ${answer.error}`);
    return answer;
  }

  /** The numbers of a workload that show that it is the same one. */
  async result(workload: string, sizes: readonly number[], { graph }: TorchWay): Promise<number[]> {
    return (await this.ask({ workload, sizes, graph, count: 0 })).result!;
  }

  contender(workload: string, sizes: readonly number[], { label, graph }: TorchWay = onThread): Contender {
    return {
      name: label,
      time: async (count) => {
        const { ms, cpuMs } = await this.ask({ workload, sizes, graph, count });
        return this.processorTime ? cpuMs : ms;
      },
    };
  }

  async close(): Promise<void> {
    this.process.stdin!.end();
    if (this.process.exitCode === null) await once(this.process, "exit");
    this.lines.close();
  }
}

/** A workload in all ways that PyTorch has here, each of which `check` has found right: on a thread, on a GPU eagerly, and there as a graph. */
export async function torchContenders({ torch, cuda }: { torch?: Torch; cuda?: Torch }, workload: string, sizes: readonly number[], check: (who: string, result: () => Promise<number[]>) => Promise<void>): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const there of [torch, cuda]) {
    for (const way of there?.ways ?? []) {
      await check(way.label, () => there!.result(workload, sizes, way));
      contenders.push(there!.contender(workload, sizes, way));
    }
  }
  return contenders;
}
