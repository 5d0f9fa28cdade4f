import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { wholeFrom } from "../flags/parsers.ts";
import { UsageError } from "../usage-error.ts";
import { servePage } from "../web/page-server.ts";

interface WebOptions {
  port?: number;
  open?: boolean;
}

const firstPort = 8471;
const portsTried = 20;

/** `hhvaem web`: serves the page on this machine until Ctrl-C. */
export function webCommand(program: Command): void {
  program
    .command("web")
    .description("serve the page, in which the same model runs in a browser's tab, on this machine only")
    .option("--port <n>", "port on 127.0.0.1; 0: any free one (default: the first free one from 8471 on)", wholeFrom(0))
    .option("--open", "also open it in the browser")
    .action(run);
}

async function run({ port, open }: WebOptions): Promise<void> {
  // dist/cli.js stands beside dist/web
  const folder = fileURLToPath(new URL("web", import.meta.url));
  if (!existsSync(join(folder, "index.html"))) throw new UsageError(`the page is not built: ${folder} is missing. Run npm run build.`);
  const ports = port === undefined ? Array.from({ length: portsTried }, (_, i) => firstPort + i) : [port];
  const { server, port: taken } = await servePage(folder, ports).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EADDRINUSE") throw new UsageError(port === undefined ? `the ports ${firstPort} to ${firstPort + portsTried - 1} are all taken; choose another with --port.` : `--port ${port}: the port is taken; choose another, or leave --port out.`);
    if (cause.code === "EACCES") throw new UsageError(`--port ${port}: no permission for this port; choose one above 1023.`);
    throw cause;
  });
  const address = `http://localhost:${taken}/`;
  process.stdout.write(`The page is at ${address}\nIt computes in the browser's tab; tables never leave it. Ctrl-C ends this.\n`);
  if (open) openBrowser(address);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

function openBrowser(address: string): void {
  const [program, ...args] = process.platform === "darwin" ? ["open", address] : process.platform === "win32" ? ["cmd", "/c", "start", address] : ["xdg-open", address];
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  child.on("error", () => process.stderr.write(`no browser could be started; open ${address} yourself.\n`));
  child.unref();
}
