import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Contender } from "../measure.ts";

type Answer = { ms: number; cpuMs: number; result?: number[]; error?: string };

/** PyTorch on one thread of the processor: a process that does what it is told, a line of JSON at a time (torch/worker.py). */
export class Torch {
  static readonly label = "PyTorch";
  private readonly process: ChildProcess;
  private readonly answers: AsyncIterableIterator<string>;
  private readonly lines: Interface;

  private constructor(python: string, script: string, private readonly processorTime: boolean) {
    this.process = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, OPENBLAS_NUM_THREADS: "1" } });
    this.lines = createInterface(this.process.stdout!);
    this.answers = this.lines[Symbol.asyncIterator]();
  }

  /** The first Python that has PyTorch; undefined if none has. */
  static find(script: string, processorTime: boolean): Torch | undefined {
    const python = ["python3", "/usr/bin/python3"].find((name) => spawnSync(name, ["-c", "import torch"], { stdio: "ignore" }).status === 0);
    return python ? new Torch(python, script, processorTime) : undefined;
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
  async result(workload: string, sizes: readonly number[]): Promise<number[]> {
    return (await this.ask({ workload, sizes, count: 0 })).result!;
  }

  contender(workload: string, sizes: readonly number[]): Contender {
    return {
      name: Torch.label,
      time: async (count) => {
        const { ms, cpuMs } = await this.ask({ workload, sizes, count });
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
