import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hhvaem, smallCsv, workFolder } from "../cli/run.ts";
import { TestRedis } from "./redis.ts";

const folder = workFolder();
const cli = join(import.meta.dirname, "../../dist/cli.js");
let redis: TestRedis;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  const rows = 60;
  folder.write("data/small/data.csv", smallCsv(rows));
  folder.write("data/small/splits.csv", `fold,a,b,c,d\n${Array.from({ length: rows }, (_, i) => `${i % 3},1,0,1,0`).join("\n")}\n`);
  cpSync(folder.path("data/small"), folder.path("data/gone"), { recursive: true });
  const settings = { target: ["y"], latents: [2, 1], transitions: 1, viSteps: 400, hmcSteps: 1, annealSteps: 2, batch: 20 };
  folder.write("settings.json", JSON.stringify({ small: settings, gone: settings }));
  mkdirSync(folder.path("redis"));
  redis = await TestRedis.start(folder.path("redis"));
}, 60_000);

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await redis.stop();
});

interface Program {
  process: ChildProcess;
  said(): string;
  ended: Promise<number | null>;
}

function start(...args: string[]): Program {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HHVAEM_TUNING: "off" } });
  children.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (text += part.toString()));
  return { process: child, said: () => text, ended: once(child, "exit").then(([code]) => (children.delete(child), code as number | null)) };
}

const worker = (name: string): Program => start("worker", "--queue", redis.url, "--name", name, "--lock-seconds", "2");
const tables = (out: string, ...more: string[]): string[] => ["experiment", "tables", "--data", folder.path("data"), "--settings", folder.path("settings.json"), "--draws", "20", "--baselines", "none", "--against", "VAE", "--presets", "VAE", "--out", folder.path(out), "--queue", redis.url, ...more];
const results = (out: string): { fold: number; seed: number; scores: { error_xu: number } }[] => readFileSync(folder.path(`${out}/results.jsonl`), "utf8").trim().split("\n").map((line) => JSON.parse(line) as ReturnType<typeof results>[number]);

/** Waits until `done` holds, a minute at most. */
async function until(what: string, done: () => boolean): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (done()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited a minute for ${what}`);
}

interface Status {
  experiment: string;
  done: number;
  running: { id: string; worker: string }[];
  failed: { id: string; reason: string }[];
}
const status = (name: string): Status | undefined => {
  const { out, code } = hhvaem("experiment", "status", name, "--queue", redis.url, "--json");
  return code === 0 ? (JSON.parse(out) as Status[])[0] : undefined;
};

test("three workers, one killed in the middle of a run, Redis restarted, the collector killed: every result is there once", async () => {
  const [first, second, third] = ["first", "second", "third"].map(worker);
  const collector = start(...tables("out", "--seeds", "0-2", "--tables", "small"));
  let victim: string | undefined;
  await until("the first worker to have a run", () => (victim = status("out")?.running.find(({ worker: name }) => name === "first")?.id) !== undefined);
  first.process.kill("SIGKILL");
  await first.ended;

  await redis.stop();
  await until("the second worker to miss Redis", () => second.said().includes("the queue does not answer"));
  await redis.start();
  await until("the second worker to have it back", () => second.said().includes("the queue answers again"));

  collector.process.kill("SIGKILL");
  await collector.ended;
  const again = start(...tables("out", "--seeds", "0-2", "--tables", "small"));
  expect(await again.ended, again.said()).toBe(0);
  const found = results("out");
  expect(found.map(({ fold, seed }) => `${fold} ${seed}`).sort()).toEqual(["0 0", "0 1", "0 2", "1 0", "1 1", "1 2", "2 0", "2 1", "2 2"]);
  // hidden are b and d: column means and the most frequent level have errors of 1 and 2/3; 0.50 to 0.61 in a run
  for (const { scores } of found) {
    expect(scores.error_xu).toBeGreaterThan(0.2);
    expect(scores.error_xu).toBeLessThan(0.83);
  }
  // the killed worker's run was taken over
  const others = second.said() + third.said();
  expect(others).toContain(`out/${victim}: started, attempt 2`);
  expect(others).toContain(`out/${victim}: done`);
  expect(status("out")).toMatchObject({ done: 9, running: [], failed: [] });

  // Ctrl-C: a worker that has nothing to do ends
  for (const own of [second, third]) own.process.kill("SIGINT");
  expect(await second.ended).toBe(0);
  expect(await third.ended).toBe(0);
  expect(third.said()).toContain("stopping when the job at hand is done");
}, 240_000);

test("a run that fails for its input is tried once and named, and the others go on", async () => {
  const collector = start(...tables("worse", "--folds", "0", "--tables", "gone,small"));
  await until("the runs to be in the queue", () => collector.said().includes("runs are in the queue"));
  rmSync(folder.path("data/gone"), { recursive: true });
  const own = worker("last");
  expect(await collector.ended).toBe(1);
  expect(collector.said()).toMatch(/1 run failed: gone, fold 0, VAE, seed 0 \(cannot read .*gone.splits\.csv|1 run failed: gone, fold 0, VAE, seed 0 \(cannot read .*gone.data\.csv/);
  expect(own.said()).not.toContain("gone-fold0-VAE-seed0: started, attempt 2");
  expect(results("worse").map(({ fold }) => fold)).toEqual([0]);
  own.process.kill("SIGINT");
  expect(await own.ended).toBe(0);
}, 120_000);

test("an address where nothing answers, and one that is none, are told without the password", () => {
  const away = hhvaem("worker", "--queue", "redis://:secret@127.0.0.1:1");
  expect(away.code).toBe(2);
  expect(away.err).toContain("--queue redis://***@127.0.0.1:1: no Redis or Valkey answers there");
  expect(away.err).not.toContain("secret");
  expect(hhvaem("experiment", "status", "--queue", "localhost").err).toContain("--queue localhost: expected an address such as redis://localhost:6379");
});
