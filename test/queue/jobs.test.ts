import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { confine } from "../../src/cli/jobs/confine.ts";
import { workOf } from "../../src/cli/jobs/kinds.ts";
import { credentials, shownUrl } from "../../src/cli/jobs/queue/connection.ts";
import { plain, readQueued, version } from "../../src/cli/jobs/queue/queued-job.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { paperSettings } from "../../src/experiments/index.ts";
import { packModel } from "../../src/model/index.ts";
import { smallFiles } from "../model/small-files.ts";
import { workFolder } from "../cli/run.ts";

const folder = workFolder();
mkdirSync(folder.path("root/pictures"), { recursive: true });
folder.write("root/t.csv", "a,b\n1,2\n3,\n");
folder.write("root/m.hhvaem", packModel(smallFiles()));
folder.write("root/pictures/a.png", "1");
folder.write("outside/t.csv", "a,b\n1,2\n");
const root = folder.path("root");
const at = (name: string): string => join(root, name);

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** A job of each kind that is right. */
const right: Record<string, Json> = {
  "answer-chunk": {
    task: "impute", model: at("m.hhvaem"), data: at("t.csv"), source: "t.csv", head: { columns: ["a", "b"], delimiter: "," }, missing: [], keep: ["x"], keepMissing: [],
    part: { start: 4, end: 11, line: 2, from: { row: 0, incomplete: 0 }, rows: 2 }, answer: { draws: 10, interval: 0.9, seed: 0, completions: 0, sampler: "hmc", point: "mean", targets: true }, out: at("o.parts/part-1"),
  },
  "table-run": { table: "boston", fold: 0, method: "best/proper", seed: 0, data: at("t.csv"), splits: at("s.csv"), settings: paperSettings.boston as unknown as Json, scale: 0.1, draws: 100, model: at("models/boston") },
  "image-run": { table: "digits", fold: 0, method: "HHVAE:encoder", seed: 0, model: at("models/digits"), images: { data: at("pictures"), testRows: 10, mask: "half:right", draws: 20, pixels: "binary", size: "28", grey: true, scale: 0.1 } },
  "coverage-run": { set: 3, method: "best+bootstrap", rows: 250, rate: 0.3, completions: 20, level: 0.95, scale: 0.02 },
};

const refusalOf = (kind: unknown, settings: unknown, inside?: string): Promise<string> =>
  workOf({ id: "one", kind: kind as string, settings }, inside).then(() => "taken", (cause: unknown) => {
    expect(cause, (cause as Error).stack).toBeInstanceOf(UsageError);
    return (cause as Error).message;
  });

/** Every place in a job, and the job with something else there. */
function* poisoned(settings: Json, poison: unknown, path: string[] = []): Generator<{ path: string; job: unknown }> {
  if (path.length > 0) yield { path: path.join("."), job: poison };
  if (typeof settings !== "object" || settings === null) return;
  for (const [key, value] of Object.entries(settings)) {
    for (const { path: place, job } of poisoned(value, poison, [...path, key])) {
      const copy = (Array.isArray(settings) ? [...settings] : { ...settings }) as Record<string, unknown>;
      copy[key] = job;
      yield { path: place, job: copy };
    }
  }
}

const poisons: unknown[] = [null, undefined, -1, 1.5, 3.5e9, 1e308, Number.NaN, "", "../../etc/passwd", "/etc/\0passwd", "x".repeat(20_000), true, [], [null], {}, { toString: null }, JSON.parse('{"__proto__": {"polluted": true}}')];

describe("a job is looked at field by field before anything is touched", () => {
  for (const [kind, settings] of Object.entries(right)) {
    it(`${kind}: the right one is taken`, async () => {
      expect(await refusalOf(kind, settings)).toBe("taken");
      expect(await refusalOf(kind, settings, root)).toBe("taken");
    });

    it(`${kind}: another value in any field is refused by the field's name, or is one that it may have`, async () => {
      let refused = 0;
      for (const poison of poisons) {
        for (const { path, job } of poisoned(settings, poison)) {
          const text = await refusalOf(kind, job);
          if (text === "taken") continue;
          refused++;
          // of lists and groups that are looked at as one, the list is named
          expect(path.split(".").some((name) => text.includes(name)), `${path} = ${String(JSON.stringify(poison)).slice(0, 40)}: ${text}`).toBe(true);
          expect(text).toMatch(/^job "one", [a-z-]+, settings.*expected .* got .*Put it into the queue anew with the command that made it\.$/s);
        }
      }
      expect(refused).toBeGreaterThan(90);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });

    it(`${kind}: a field too many, and settings that are no object`, async () => {
      expect(await refusalOf(kind, { ...(settings as object), shell: "rm" })).toContain('got "shell" too');
      for (const other of [null, undefined, [], "text", 3]) expect(await refusalOf(kind, other)).toMatch(/settings: expected an object, got /);
    });
  }

  it("kinds that every object has are none", async () => {
    for (const kind of ["constructor", "__proto__", "toString", "", null, undefined, 3, {}]) expect(await refusalOf(kind, {})).toMatch(/^job "one": there is no kind of job .*; this version has answer-chunk, coverage-run, image-run, table-run\.$/);
  });

  it("a part of 3.5 GB, of nothing, or that ends before it begins", async () => {
    const part = (own: object): object => ({ ...(right["answer-chunk"] as object), part: { ...(right["answer-chunk"] as { part: object }).part, ...own } });
    expect(await refusalOf("answer-chunk", part({ start: 0, end: 3.5e9 }))).toMatchInlineSnapshot(`"job "one", answer-chunk, settings.part.end: expected a place after start, 0, and at most 536870888 bytes after it, got 3500000000: a smaller --chunk-rows makes smaller parts. Put it into the queue anew with the command that made it."`);
    expect(await refusalOf("answer-chunk", part({ start: 9, end: 4 }))).toContain("expected a place after start, 9");
    expect(await refusalOf("answer-chunk", part({ rows: 100 }))).toContain("settings.part.rows: expected at most 7, one a byte, got 100.");
  });

  it("a part beyond the end of its file asks for no memory", async () => {
    const settings = { ...(right["answer-chunk"] as object), part: { start: 4, end: 5e8, line: 2, from: { row: 0, incomplete: 0 }, rows: 2 } };
    const work = await workOf({ id: "one", kind: "answer-chunk", settings });
    const before = process.memoryUsage().arrayBuffers;
    await expect(work(settings, { gpu: () => Promise.reject(new Error("no device is needed")), signal: new AbortController().signal, onProgress: () => undefined })).rejects.toThrow(/t\.csv: expected a file of at least 500000000 bytes, where the part ends, got 11; it has changed/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e8);
  });
});

describe("what stands in the queue", () => {
  const job = { experiment: "e", id: "one", kind: "coverage-run", settings: right["coverage-run"], version };
  it("is read where it is a job of this version", () => expect(readQueued(job)).toEqual(job));
  const wrong: Record<string, [given: unknown, says: string]> = {
    "nothing": [null, "job: expected an object, got null."],
    "a list": [[job], "job: expected an object"],
    "no version": [{ ...job, version: undefined }, "job.version: expected a version such as 1.2.3, got nothing."],
    "a version of another kind": [{ ...job, version: { split: 3 } }, "job.version: expected a version"],
    "another version": [{ ...job, version: "9.9.0" }, 'job "one": made by version 9.9.0, this worker is'],
    "a name that writes to the terminal": [{ ...job, id: "\u001b[2Jdone" }, "job.id: expected a name"],
    "more than a job": [{ ...job, env: {} }, 'got "env" too'],
  };
  for (const [what, [given, says]] of Object.entries(wrong)) {
    it(what, () => {
      expect(() => readQueued(given)).toThrow(UsageError);
      expect(() => readQueued(given)).toThrow(says);
    });
  }
  it("is shown without what terminals obey", () => expect(plain("a\u001b]0;title\u0007b\nc\u009b1mé")).toBe("a]0;titleb\nc1mé"));
});

describe("a worker with --root", () => {
  // links: to a file outside, to a folder outside, to nothing outside, in a circle
  symlinkSync(folder.path("outside/t.csv"), at("link.csv"));
  symlinkSync(folder.path("outside"), at("linked"));
  symlinkSync(folder.path("outside/new"), at("dangling"));
  symlinkSync(at("circle"), at("circle"));
  symlinkSync(at("t.csv"), at("within.csv"));
  mkdirSync(at("m"));
  for (const [name, bytes] of smallFiles()) if (name !== "weights.safetensors") writeFileSync(at(`m/${name}`), bytes);
  symlinkSync(folder.path("outside/t.csv"), at("m/weights.safetensors"));

  const chunk = (own: object): unknown => ({ ...(right["answer-chunk"] as object), ...own });
  const table = (own: object): unknown => ({ ...(right["table-run"] as object), ...own });
  const image = (own: object): unknown => ({ ...(right["image-run"] as object), images: { ...(right["image-run"] as { images: object }).images, ...own } });
  const outside: Record<string, [kind: string, settings: unknown]> = {
    "a table elsewhere": ["answer-chunk", chunk({ data: folder.path("outside/t.csv") })],
    "a model elsewhere": ["answer-chunk", chunk({ model: "/etc" })],
    "an output elsewhere": ["answer-chunk", chunk({ out: folder.path("outside/o") })],
    "an output in a folder that is not there, elsewhere": ["answer-chunk", chunk({ out: folder.path("outside/no/o") })],
    "a folder whose name begins as the root's": ["answer-chunk", chunk({ data: `${root}x/t.csv` })],
    "a link to a file": ["answer-chunk", chunk({ data: at("link.csv") })],
    "a link to a folder": ["answer-chunk", chunk({ out: at("linked/o") })],
    "a link to nothing, which writing would follow": ["table-run", table({ model: at("dangling") })],
    "a link in a model folder": ["answer-chunk", chunk({ model: at("m") })],
    "splits elsewhere": ["table-run", table({ splits: "/etc/passwd" })],
    "a model to be trained elsewhere": ["table-run", table({ model: folder.path("outside/m") })],
    "pictures elsewhere": ["image-run", image({ data: folder.path("outside") })],
    "labels elsewhere": ["image-run", image({ labels: "/etc/passwd" })],
    "pictures to test on elsewhere": ["image-run", image({ test: folder.path("outside") })],
    "a mask that is a file elsewhere": ["image-run", image({ mask: "/etc/passwd" })],
  };
  for (const [what, [kind, settings]] of Object.entries(outside)) {
    it(`refuses ${what}`, async () => {
      expect(await refusalOf(kind, settings, root)).toMatch(/^the job is to (read|write) .*: expected a place in .*root, the worker's --root; put the files there, or start the worker with a --root that holds them\.$/);
    });
  }

  for (const name of ["../outside/t.csv", "./t.csv", "m/../t.csv", "..\\outside"]) {
    it(`refuses ${name}, as no job is made so`, async () => expect(await refusalOf("answer-chunk", chunk({ data: `${root}/${name}` }), root)).toContain("settings.data: expected an absolute path without . or .. in it"));
  }
  it("refuses relative paths", async () => expect(await refusalOf("answer-chunk", chunk({ data: "t.csv" }), root)).toContain("settings.data: expected an absolute path"));
  it("refuses links in a circle", async () => expect(await refusalOf("answer-chunk", chunk({ data: at("circle") }), root)).toMatch(/links that lead in a circle/));
  it("follows links within the folder, and takes what is not there yet", async () => {
    expect(await refusalOf("answer-chunk", chunk({ data: at("within.csv") }), root)).toBe("taken");
    expect(await refusalOf("table-run", table({ model: at("new/models/boston") }), root)).toBe("taken");
  });
  it("says that its own folder is not there", async () => {
    await expect(confine(folder.path("nothing"), { reads: [], writes: [] })).rejects.toThrow(/--root .*nothing: there is no such folder/);
  });
  it("has written nothing outside", () => {
    expect(readdirSync(folder.path("outside"))).toEqual(["t.csv"]);
    expect(readFileSync(folder.path("outside/t.csv"), "utf8")).toBe("a,b\n1,2\n");
  });
});

describe("passwords", () => {
  const env = { HHVAEM_QUEUE_PASSWORD: "secret", HHVAEM_QUEUE_USER: "worker" };
  it("come from the environment where the address has none", () => {
    expect(credentials("rediss://queue:6380", env)).toEqual({ username: "worker", password: "secret" });
    expect(credentials("redis://queue", { HHVAEM_QUEUE_PASSWORD: "secret" })).toEqual({ password: "secret" });
    expect(credentials("redis://:other@queue", env)).toEqual({});
    expect(credentials("redis://queue", {})).toEqual({});
  });
  it("are not shown", () => {
    for (const url of ["redis://:secret@queue:6379", "rediss://worker:sec/ret@queue", "redis://worker:sec@ret@queue", "redis://queue?password=secret"]) expect(shownUrl(url)).not.toMatch(/sec|ret@/);
  });
});
