import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

/** The built command line; `npm test` builds it before the tests. */
const cli = join(import.meta.dirname, "../../dist/cli.js");

/** Nothing is measured, and nothing left in the user's cache folder. */
const env = { ...process.env, HHVAEM_TUNING: "off" };

export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `hhvaem` as a user does. */
export function hhvaem(...args: string[]): Outcome {
  return hhvaemWith("", ...args);
}

/** Runs `hhvaem` with this on its standard input. */
export function hhvaemWith(input: string | Uint8Array, ...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", env, input });
  // Dawn's own warnings are not ours
  return { code: status, out: stdout, err: stderr.replace(/^Warning: max.*\n/gm, "") };
}

export function startHhvaem(...args: string[]): ChildProcess {
  return spawn(process.execPath, [cli, ...args], { stdio: "ignore", env });
}

/** A folder that goes away after the file's tests. */
export function workFolder(): { path(name: string): string; write(name: string, content: string | Uint8Array): string } {
  const dir = mkdtempSync(join(tmpdir(), "hhvaem-test-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const path = (name: string): string => join(dir, name);
  return {
    path,
    write(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}

/** Rows of a small table: numbers that depend on each other, a class, holes, and a target. */
export function smallCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const a = Math.sin(i * 1.7) * 2;
    const hole = (value: string, every: number): string => (i % every === every - 1 ? "" : value);
    return [hole(a.toFixed(2), 7), hole((Math.abs(a) * 3 + 1).toFixed(1), 5), hole(a > 0 ? "yes" : "no", 6), ["red", "green", "blue"][Math.floor((a + 2) / 1.34) % 3], (10 + 2 * a + (i % 3) * 0.1).toFixed(2)].join(",");
  });
  return `a,b,c,d,y\n${lines.join("\n")}\n`;
}

/** A training of a few seconds. */
export const quick = ["--preset", "HHVAEM", "--no-report", "--marginal-steps", "30", "--vi-steps", "60", "--hmc-steps", "4", "--batch", "20"];
