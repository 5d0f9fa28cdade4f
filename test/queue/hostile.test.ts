import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Queue } from "bullmq";
import { afterAll, expect, test } from "vitest";
import { queueName } from "../../src/cli/jobs/queue/connection.ts";
import { version } from "../../src/cli/jobs/queue/queued-job.ts";
import { workFolder } from "../cli/run.ts";
import { TestRedis } from "./redis.ts";

const folder = workFolder();
const cli = join(import.meta.dirname, "../../dist/cli.js");
const servers: TestRedis[] = [];
afterAll(() => Promise.all(servers.map((server) => server.stop())));

async function hhvaem(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, HHVAEM_TUNING: "off", ...env } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => (said += part.toString()));
  const [code] = await once(child, "exit");
  return { code: code as number | null, said };
}

const settings = { set: 1, method: "complete rows", rows: 60, rate: 0.3, completions: 2, level: 0.95, scale: 1 };
const right = { experiment: "e", id: "right", kind: "coverage-run", settings, version };
const part = { task: "impute", model: "/", data: "/etc/passwd", source: "passwd", head: { columns: ["a"], delimiter: ":" }, missing: [], keep: [], keepMissing: [], part: { start: 0, end: 10, line: 1, from: { row: 0, incomplete: 0 }, rows: 1 }, answer: { draws: 1, interval: 0.9, seed: 0, completions: 0 }, out: "/tmp/hhvaem-never" };

test("poisoned jobs fail once each, by name, and those behind them are done; the worker goes on", async () => {
  mkdirSync(folder.path("redis"));
  const redis = await TestRedis.start(folder.path("redis"));
  servers.push(redis);
  const jobs: Record<string, [data: unknown, reason: RegExp]> = {
    nothing: [null, /expected an object, got null/],
    "a kind of every object": [{ ...right, id: "constructor", kind: "constructor" }, /there is no kind of job "constructor"/],
    "null settings": [{ ...right, id: "null", settings: null }, /settings: expected an object, got null/],
    "a part of 3.5 GB": [{ ...right, id: "part", kind: "answer-chunk", settings: { ...part, part: { ...part.part, end: 3.5e9 } } }, /settings\.part\.end: expected/],
    "a file elsewhere": [{ ...right, id: "file", kind: "answer-chunk", settings: part }, /the job is to read \/.*expected a place in .*root/],
    "a way out": [{ ...right, id: "dots", kind: "answer-chunk", settings: { ...part, data: `${folder.path("root")}/../x` } }, /expected an absolute path without \. or \.\. in it/],
    "another version": [{ ...right, id: "version", version: "99.1.0" }, /made by version 99\.1\.0/],
    "a name that clears the screen": [{ ...right, id: "\u001b[2J" }, /job\.id: expected a name/],
  };
  mkdirSync(folder.path("root"));
  const [host, port] = redis.address.split(":");
  const queue = new Queue(queueName, { connection: { host, port: Number(port) } });
  try {
    for (const [jobId, [data]] of Object.entries(jobs)) await queue.add("job", data, { jobId, attempts: 3 });
    await queue.add("job", right, { jobId: "right", attempts: 3 });
    const { code, said } = await hhvaem(["worker", "--queue", redis.url, "--drain", "--root", folder.path("root")]);
    expect(code, said).toBe(0);
    expect(said).not.toContain("\u001b");
    for (const [jobId, [, reason]] of Object.entries(jobs)) {
      const job = await queue.getJob(jobId);
      expect(await job!.isFailed(), jobId).toBe(true);
      expect(job!.failedReason, jobId).toMatch(reason);
      expect(job!.attemptsStarted, jobId).toBe(1);
    }
    const done = await queue.getJob("right");
    expect(await done!.isCompleted(), said).toBe(true);
    expect(done!.returnvalue).toMatchObject({ set: 1, method: "complete rows" });
    expect(existsSync("/tmp/hhvaem-never.main")).toBe(false);
    // the status shows them all, whatever they hold
    const status = await hhvaem(["experiment", "status", "--queue", redis.url]);
    expect(status.code, status.said).toBe(0);
    expect(status.said).toContain("unknown: 0 done, 0 running, 0 waiting, 1 failed");
    expect(status.said).not.toContain("\u001b");
  } finally {
    await queue.close();
  }
}, 60_000);

const openssl = spawnSync("openssl", ["version"]).status === 0;
test.skipIf(!openssl)(`a queue by rediss:// with a password from the environment${openssl ? "" : " (skipped: no openssl to make a certificate with)"}`, async () => {
  mkdirSync(folder.path("tls"));
  const [key, certificate] = ["key.pem", "certificate.pem"].map((name) => folder.path(name));
  spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]);
  const redis = await TestRedis.start(folder.path("tls"), (port) => ["--port", "0", "--tls-port", String(port), "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no", "--requirepass", "secret"]);
  servers.push(redis);
  const status = ["experiment", "status", "--queue", `rediss://${redis.address}`];
  const trusted = { NODE_EXTRA_CA_CERTS: certificate };
  expect(await hhvaem(status, { ...trusted, HHVAEM_QUEUE_PASSWORD: "secret" })).toMatchObject({ code: 0, said: expect.stringContaining("the queue is empty") });
  const refused = await hhvaem(status, { ...trusted, HHVAEM_QUEUE_PASSWORD: "wrong" });
  expect(refused.code).toBe(2);
  expect(refused.said).toContain(`--queue rediss://${redis.address}: `);
  expect(refused.said).not.toContain("wrong");
  // a certificate that nobody vouches for
  const unknown = await hhvaem(status, { HHVAEM_QUEUE_PASSWORD: "secret" });
  expect(unknown.code).toBe(2);
  expect(unknown.said).toMatch(/no Redis or Valkey answers there \(.*certificate/);
}, 60_000);
