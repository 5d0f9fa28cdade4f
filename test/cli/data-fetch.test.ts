import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { badServer, serve, type Answer } from "../fetch/bad-server.ts";
import { originals, reference } from "../fetch/originals.ts";
import { hhvaem, type Outcome, workFolder } from "./run.ts";
import { hasShared, itShared } from "../shared.ts";

const work = workFolder();
const cli = join(import.meta.dirname, "../../dist/cli.js");

/** Runs `hhvaem` beside this process, which serves the files. */
function start(args: readonly string[], env: Record<string, string> = {}): { child: ChildProcess; outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ...env } });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  child.stderr.on("data", (chunk) => (err += String(chunk)));
  return { child, outcome: new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err }))) };
}
const run = (...args: string[]): Promise<Outcome> => start(args).outcome;

const files = new Map<string, Uint8Array>();
const mirror: Answer = (request, response, n) => {
  const file = files.get(request.url!.slice(1));
  if (file) return serve(file)(request, response, n);
  response.writeHead(404);
  response.end();
};
beforeAll(async () => {
  for (const name of hasShared ? ["concrete", "insurance"] : []) for (const [file, bytes] of Object.entries(originals[name]((await reference(name)).rows))) files.set(file, bytes);
});

let place: readonly string[] = [];
let cache = "";
let count = 0;
beforeEach(() => {
  cache = work.path(`cache${count}`);
  place = ["--cache", cache, "--out", work.path(`out${count++}`)];
});
const table = (name: string): string => readFileSync(join(place[3], `${name}.csv`), "utf8");

itShared("tables come from a mirror, and the second time from the cache, byte for byte the same", async () => {
  const { url, seen } = await badServer(mirror);
  const first = await run("data", "fetch", "concrete", "insurance", "--from", url, ...place);
  expect(first.code, first.err).toBe(0);
  expect(first.out.replaceAll(place[3], "OUT").replaceAll(new URL(url).host, "HOST")).toBe(
    "insurance: 9822 rows, 86 columns in OUT/insurance.csv; target caravan; from HOST, no checksum is published: recorded for the next time\n" +
      "concrete: 1030 rows, 9 columns in OUT/concrete.csv; target strength_mpa; from HOST, checksum as stated\n",
  );
  // not a terminal: no progress
  expect(first.err).toBe("");
  const header = (await reference("insurance")).columns.join(",");
  expect(table("insurance").split("\n")[0]).toBe(header);
  const before = table("concrete");
  const again = await run("data", "fetch", "concrete", "insurance", "--json", ...place);
  expect(seen.map(({ path }) => path)).toEqual(["/insurance.zip", "/concrete.csv"]);
  expect(table("concrete")).toBe(before);
  const { tables } = JSON.parse(again.out) as { tables: { name: string; targets: string[]; files: object[] }[] };
  expect(tables.map(({ name, targets }) => [name, targets])).toEqual([
    ["insurance", ["caravan"]],
    ["concrete", ["strength_mpa"]],
  ]);
  expect(tables[0].files).toMatchObject([{ file: "insurance.zip", cached: true, checksum: "as first" }]);
});

itShared("a download that was killed goes on", async () => {
  const body = files.get("concrete.csv")!;
  const { url, seen } = await badServer((request, response, n) => {
    if (n > 0) return mirror(request, response, n);
    response.writeHead(200, { etag: '"1"', "content-length": body.length });
    response.write(body.subarray(0, 20_000));
  });
  const { child, outcome } = start(["data", "fetch", "concrete", "--from", url, ...place]);
  const stored = (): number => {
    try {
      return Math.max(0, ...readdirSync(cache).filter((name) => name.endsWith(".part")).map((name) => statSync(join(cache, name)).size));
    } catch {
      return 0;
    }
  };
  for (let i = 0; i < 400 && stored() < 20_000; i++) await wait(50);
  child.kill("SIGKILL");
  await outcome;
  const second = await run("data", "fetch", "concrete", "--from", url, ...place);
  expect(second.code, second.err).toBe(0);
  expect(seen.map(({ range }) => range)).toEqual([undefined, "bytes=20000-"]);
  expect(readdirSync(cache)).toEqual(["concrete.csv"]);
});

itShared("two processes at once both end well and leave one good copy", async () => {
  const { url } = await badServer(mirror);
  const both = [1, 2].map(() => run("data", "fetch", "insurance", "concrete", "--from", url, ...place));
  for (const { code, err } of await Promise.all(both)) expect(code, err).toBe(0);
  expect(readdirSync(cache).sort()).toEqual(["concrete.csv", "insurance.zip", "insurance.zip.first.json"]);
  expect(Buffer.compare(readFileSync(join(cache, "insurance.zip")), files.get("insurance.zip")!)).toBe(0);
});

itShared("a table whose file is changed on the way is not written", async () => {
  const bytes = files.get("concrete.csv")!.slice();
  bytes[5000] ^= 1;
  const { url } = await badServer(serve(bytes));
  const { code, err } = await run("data", "fetch", "concrete", "--from", `${url}concrete.csv`, ...place);
  expect(code).toBe(1);
  expect(err).toContain("is not the file expected:\n  sha256 ");
  expect(readdirSync(place[3])).toEqual([]);
});

itShared("a brought file, by path or by folder", async () => {
  const path = work.write("brought/concrete.csv", files.get("concrete.csv")!);
  expect((await run("data", "fetch", "concrete", "--from", path, ...place)).out).toContain(`from ${path}, checksum as stated`);
  expect((await run("data", "fetch", "concrete", "--from", work.path("brought"), ...place)).code).toBe(0);
  const missing = await run("data", "fetch", "wine", "--from", work.path("brought"), ...place);
  expect(missing.code).toBe(1);
  expect(missing.err).toContain("brought/wine.zip: ENOENT");
});

it("unreachable: exit code 1, what to do, and the proxy that is set", async () => {
  const { url, close } = await badServer(mirror);
  await close();
  const { code, err } = await start(["data", "fetch", "wine", "--from", url, ...place], { HTTPS_PROXY: "http://proxy.example:3128", NODE_USE_ENV_PROXY: "" }).outcome;
  expect(code).toBe(1);
  expect(err).toContain("wine.zip: the connection was refused; trying again in 1 s\n");
  expect(err).toContain("the connection was refused (5 tries).\nThis machine may be offline, or a firewall may be in between. HTTPS_PROXY is set, but Node's fetch goes past proxies");
  expect(err).toContain("hhvaem data fetch wine --from FILE\n");
});

it("wrong arguments end with exit code 2 and say what is right", () => {
  expect(hhvaem("data", "fetch", "whine", ...place)).toMatchObject({ code: 2, err: "no table is called whine; there are boston, energy, wine, naval, avocado, bank, insurance, diabetes, concrete, yacht, and all for all of them.\n" });
  expect(hhvaem("data", "fetch", "diabetes", "--from", "https://mirror.example/a.csv", ...place)).toMatchObject({
    code: 2,
    err: "--from https://mirror.example/a.csv is one file, but 2 are needed: diabetes_data_raw.csv.gz, diabetes_target.csv.gz. Give an address that ends in / and has them below it.\n",
  });
  expect(hhvaem("data", "fetch", "wine", "--from", "no/such/place", ...place)).toMatchObject({ code: 2, err: "--from no/such/place: there is no such file or folder; an address begins with https://.\n" });
  const file = work.write("a-file", "x");
  expect(hhvaem("data", "fetch", "wine", "--out", join(file, "out"), "--cache", cache)).toMatchObject({ code: 2, err: `cannot make the folder ${file}/out: a part of its path is a file, not a folder.\n` });
  const cacheless = hhvaem("data", "fetch", "wine", "--out", place[3], "--cache", join(file, "cache"));
  expect(cacheless.code).toBe(1);
  expect(cacheless.err).toContain("Another folder can be named with --cache.");
});

it("the list names tables, sources and licences", () => {
  const { code, out } = hhvaem("data", "list");
  expect(code).toBe(0);
  expect(out).toMatch(/^ {2}naval +11934 +16 +compressor_decay, turbine_decay +naval\.zip +archive\.ics\.uci\.edu$/m);
  expect(out).toMatch(/Licence: CC BY 4\.0\./);
  const { tables } = JSON.parse(hhvaem("data", "list", "--json").out) as { tables: { name: string; rows: number; columns: string[]; files: { sha256: string | null }[] }[] };
  expect(tables.map(({ name }) => name)).toEqual(["boston", "energy", "wine", "naval", "avocado", "bank", "insurance", "diabetes", "concrete", "yacht"]);
  expect(tables[3].columns).toHaveLength(18);
});
