import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { beforeEach, expect, it } from "vitest";
import { fetchTable, type FetchOptions, type Source, sources } from "../../src/fetch/index.ts";
import { workFolder } from "../cli/run.ts";
import { badServer, inTurn, serve, status } from "./bad-server.ts";

const work = workFolder();
const text = new TextEncoder().encode("1,10\n2,20\n3,30\n");
const other = new TextEncoder().encode("1,10\n2,25\n3,30\n");
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const csv = "x,y\n1,10\n2,20\n3,30\n";

const small = (url: string, sha256: string | null): Source => ({
  name: "small",
  title: "",
  home: "",
  licence: "",
  citation: "",
  files: [{ file: "small.csv", url, sha256, bytes: null }],
  blocks: [[{ file: "small.csv", sha256: null }]],
  layout: { delimiter: "," },
  rows: 3,
  targets: 1,
  columns: [["x", 1, 3], ["y", 10, 30]],
});

let cache = "";
let count = 0;
beforeEach(() => (cache = work.path(`cache${count++}`)));

const fetched = async (source: Source, more: Partial<FetchOptions> = {}): Promise<{ csv: string; cached: boolean; checksum: string }> => {
  const result = await fetchTable(source, { cache, waitsMs: [1], ...more });
  return { csv: result.csv, cached: result.files[0].cached, checksum: result.files[0].checksum };
};
const failure = (source: Source, more: Partial<FetchOptions> = {}): Promise<string> =>
  fetched(source, more).then(
    () => "no failure",
    (cause: Error) => `${cause.name}: ${cause.message}`,
  );

it("with a stated checksum: downloaded once, then from the cache, with nothing else left there", async () => {
  const { url, seen } = await badServer(serve(text));
  const source = small(url, digest(text));
  expect(await fetched(source)).toEqual({ csv, cached: false, checksum: "stated" });
  expect(await fetched(source)).toEqual({ csv, cached: true, checksum: "stated" });
  expect(seen).toHaveLength(1);
  expect(readdirSync(cache)).toEqual(["small.csv"]);
});

it("without one: the first good download is recorded, and later ones are held to it", async () => {
  const { url, seen } = await badServer(inTurn(serve(text), serve(other)));
  const source = small(url, null);
  expect(await fetched(source)).toEqual({ csv, cached: false, checksum: "first" });
  expect(await fetched(source)).toEqual({ csv, cached: true, checksum: "as first" });
  expect(JSON.parse(readFileSync(`${cache}/small.csv.first.json`, "utf8"))).toEqual({ url, sha256: digest(text), bytes: text.length });
  rmSync(`${cache}/small.csv`);
  expect(await failure(source)).toContain(`expected\n  sha256 ${digest(text)}.\nThe first download is recorded in ${cache}/small.csv.first.json. If the new file is right, delete that record and try again.`);
  expect(seen).toHaveLength(2);
});

it("a first download that is not the table is neither recorded nor kept", async () => {
  const { url } = await badServer(serve(new TextEncoder().encode("1,10\n2,20\n")));
  expect(await failure(small(url, null))).toMatchInlineSnapshot(`
    "FetchError: small: the table is not the one that was expected:
      expected 3 rows, got 2
      column "x": expected values from 1 to 3, got 1 to 2
      column "y": expected values from 10 to 30, got 10 to 20
    The files at the source may have changed; others can be given with --from."
  `);
  expect(readdirSync(cache)).toEqual([]);
});

it("a copy in the cache that was damaged is got again", async () => {
  const { url, seen } = await badServer(serve(text));
  const source = small(url, null);
  await fetched(source);
  writeFileSync(`${cache}/small.csv`, other);
  const damaged: string[] = [];
  expect(await fetched(source, { onDamaged: ({ file }) => damaged.push(file) })).toEqual({ csv, cached: false, checksum: "as first" });
  expect(damaged).toEqual(["small.csv"]);
  expect(seen).toHaveLength(2);
});

it("an unreadable record counts as none", async () => {
  const { url } = await badServer(serve(text));
  const source = small(url, null);
  await fetched(source);
  writeFileSync(`${cache}/small.csv.first.json`, "{");
  expect((await fetched(source)).checksum).toBe("first");
  expect((await fetched(source)).cached).toBe(true);
});

it("two at once with nothing recorded: both get the table, or one is told that the other got something else", async () => {
  const same = await badServer(serve(text));
  const results = await Promise.all([fetched(small(same.url, null)), fetched(small(same.url, null))]);
  expect(results.map((result) => result.csv)).toEqual([csv, csv]);
  expect(readdirSync(cache).sort()).toEqual(["small.csv", "small.csv.first.json"]);
  cache = work.path("unequal");
  const unequal = await badServer(inTurn(serve(text), serve(other)));
  const outcomes = await Promise.all([failure(small(unequal.url, null)), failure(small(unequal.url, null))]);
  expect(outcomes.filter((outcome) => outcome === "no failure")).toHaveLength(1);
  expect(outcomes.join("\n")).toContain("another process downloaded something else at the same time");
  // whoever was first: file and record agree, and nothing else is left
  expect(digest(readFileSync(`${cache}/small.csv`))).toBe((JSON.parse(readFileSync(`${cache}/small.csv.first.json`, "utf8")) as { sha256: string }).sha256);
  expect(readdirSync(cache).sort()).toEqual(["small.csv", "small.csv.first.json"]);
});

it("a file that was brought is held to the same checksum", async () => {
  const source = small("http://no-such-name.invalid/small.csv", digest(text));
  const good = work.write("good.csv", text);
  expect(await fetched(source, { from: () => good })).toEqual({ csv, cached: false, checksum: "stated" });
  expect((await fetched(source)).cached).toBe(true);
  expect(await failure(source, { from: () => work.write("bad.csv", other) })).toContain("bad.csv is not the file expected");
  expect(await failure(source, { from: () => work.path("none.csv") })).toContain("cannot read");
});

it("out of reach: the message says why, where the file is, and how to bring it", async () => {
  const { url, close } = await badServer(status(500));
  await close();
  const port = new URL(url).host;
  expect(await failure(small(url, null), { networkNote: "HTTPS_PROXY is set." })).toBe(
    `FetchError: cannot get small.csv from ${port}: the connection was refused (2 tries).
This machine may be offline, or a firewall may be in between. HTTPS_PROXY is set. What has come so far is kept for the next try.
You can get it elsewhere, from
  ${url}
and run: hhvaem data fetch small --from FILE`,
  );
});

it("a cache folder that cannot be made is named, with what to do", async () => {
  const file = work.write("a-file", "x");
  cache = `${file}/cache`;
  expect(await failure(small("http://127.0.0.1:9/", null))).toMatch(/^FetchError: cannot write .*a-file\/cache: .*Another folder can be named with --cache\.$/);
});

it("the sources are whole: files that are used, columns that exist, addresses that are encrypted, names used once", () => {
  expect(sources).toHaveLength(10);
  expect(new Set(sources.flatMap(({ files }) => files.map(({ file }) => file))).size).toBe(sources.flatMap(({ files }) => files).length);
  for (const source of sources) {
    const files = source.files.map(({ file }) => file);
    expect(new Set(source.blocks.flat().map(({ file }) => file))).toEqual(new Set(files));
    for (const { url, sha256 } of source.files) {
      expect(url).toMatch(/^https:\/\//);
      expect(sha256 ?? "0".repeat(64)).toMatch(/^[0-9a-f]{64}$/);
    }
    for (const { sha256 } of source.blocks.flat()) expect(sha256 ?? "0".repeat(64)).toMatch(/^[0-9a-f]{64}$/);
    const names = source.columns.map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(source.add ?? {}), ...(source.unitLength ?? [])]));
    expect(source.order?.length ?? names.length).toBe(names.length);
  }
});
