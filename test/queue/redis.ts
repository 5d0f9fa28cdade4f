import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** The server that the set-up found or installed. */
const program = process.env.HHVAEM_REDIS ?? "redis-server";

/** A Redis of the test's own, whose data outlives it in `dir`. */
export class TestRedis {
  private server: ChildProcess | undefined;

  private constructor(
    private readonly dir: string,
    private readonly port: number,
    private readonly more: (port: number) => string[],
  ) {}

  /** more: further arguments of the server, given its port. */
  static async start(dir: string, more: (port: number) => string[] = (port) => ["--port", String(port)]): Promise<TestRedis> {
    const redis = new TestRedis(dir, await freePort(), more);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://${this.address}`;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = spawn(program, [...this.more(this.port), "--bind", "127.0.0.1", "--dir", this.dir, "--appendonly", "yes", "--appendfsync", "always", "--save", ""], { stdio: ["ignore", "pipe", "inherit"] });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      server.stdout!.on("data", (text: Buffer) => ((said += text.toString()), /Ready to accept connections/.test(said) && resolve()));
      server.once("error", reject);
      server.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${said.slice(-500)}`)));
    });
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (!server || server.exitCode !== null) return;
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    await ended;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
}
