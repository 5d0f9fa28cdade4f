import { spawn } from "node:child_process";
import { once } from "node:events";
import type * as fs from "node:fs/promises";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { describe as inWords, fileSentence } from "../../src/fetch/file-faults.ts";
import { writeModelFolder, writeOutput } from "../../src/cli/inputs/files.ts";
import { CheckpointFolder } from "../../src/cli/models/checkpoint-folder.ts";
import { lockFolder } from "../../src/cli/models/folder-lock.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { makeFolders } from "../../src/fetch/make-folders.ts";
import { smallFiles } from "../model/small-files.ts";
import { hhvaem, quick, smallCsv, workFolder } from "./run.ts";

// calls of the file system that fail: the call's name, and how many of it go well before
const fault = vi.hoisted(() => ({ call: "", after: 0, code: "ENOSPC" }));
vi.mock("node:fs/promises", async (original) => {
  const real = (await original()) as typeof fs;
  const failing = (name: string): void => {
    if (fault.call === name && fault.after-- <= 0) throw Object.assign(new Error(`${fault.code}: made up, ${name}`), { code: fault.code, syscall: name });
  };
  const open = async (...args: Parameters<typeof real.open>): Promise<fs.FileHandle> => {
    failing("open");
    const handle = await real.open(...args);
    const write = handle.writeFile.bind(handle);
    const sync = handle.sync.bind(handle);
    handle.writeFile = async (...content) => (failing("writeFile"), write(...content));
    handle.sync = async () => (failing("sync"), sync());
    return handle;
  };
  const rename: typeof real.rename = async (...args) => (failing("rename"), real.rename(...args));
  return { ...real, open, rename };
});
afterEach(() => {
  fault.call = "";
});

const folder = workFolder();
const table = folder.write("t.csv", smallCsv(60));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const state = (step: string): Map<string, Uint8Array> => new Map([["checkpoint.json", text(step)], ["state.safetensors", text(`state ${step}`)], ["identity", text("same")]]);

describe("a disk that fills up, at every call of every write", () => {
  for (const call of ["open", "writeFile", "sync", "rename"]) {
    for (let after = 0; after < 4; after++) {
      it(`a checkpoint: ${call} ${after + 1}: nothing half is left, and the last one stays`, async () => {
        const dir = folder.path(`checkpoint-${call}-${after}`);
        const checkpoints = new CheckpointFolder(dir);
        await checkpoints.store(state("1"));
        Object.assign(fault, { call, after });
        const refusal = await checkpoints.store(state("2")).then(() => undefined, (cause: unknown) => cause);
        const failed = fault.after < 0;
        fault.call = "";
        if (failed) {
          expect(refusal).toBeInstanceOf(UsageError);
          expect((refusal as Error).message).toMatch(/^cannot write .*: the disk is full\.$/);
        }
        expect(readdirSync(join(dir, "checkpoint"))).toEqual([failed ? "1" : "2"]);
        expect(new TextDecoder().decode((await checkpoints.last())!.get("state.safetensors"))).toBe(`state ${failed ? 1 : 2}`);
      });

      it(`a model in the place of another: ${call} ${after + 1}: one of the two is there, or none that looks whole`, async () => {
        const dir = folder.path(`model-${call}-${after}`);
        const old = new Map(smallFiles()).set("log.jsonl", text("{}\n"));
        await writeModelFolder(dir, old);
        const names = readdirSync(dir).sort();
        Object.assign(fault, { call, after });
        const refusal = await writeModelFolder(dir, smallFiles()).then(() => undefined, (cause: unknown) => cause);
        const failed = fault.after < 0;
        fault.call = "";
        if (!failed) return expect(readFileSync(join(dir, "log.jsonl"), "utf8")).not.toBe("{}\n");
        expect((refusal as Error).message).toMatch(/: the disk is full\.$/);
        // what is written is written before anything of the old goes
        if (call !== "rename") expect([readdirSync(dir).sort(), readFileSync(join(dir, "log.jsonl"), "utf8")]).toEqual([names, "{}\n"]);
        else expect(readdirSync(dir)).not.toContain("config.json");
        expect(readdirSync(dir).filter((name) => name.endsWith(".tmp"))).toEqual([]);
      });
    }

    it(`an output: ${call}: what was there stays, and nothing beside it`, async () => {
      const path = folder.write(`out-${call}/o.csv`, "old");
      Object.assign(fault, { call, after: 0 });
      await expect(writeOutput(path, "new")).rejects.toThrow(`cannot write ${path}: the disk is full.`);
      expect(readdirSync(folder.path(`out-${call}`))).toEqual(["o.csv"]);
      expect(readFileSync(path, "utf8")).toBe("old");
    });
  }

  it("other faults of the disk are said in words too", async () => {
    for (const [code, says] of [["EROFS", "the disk can only be read"], ["EIO", "the disk reports an error"], ["ENOTEMPTY", "the folder is not empty: something else writes there too"], ["EDQUOT", "the disk is full: no more of it is yours"]]) {
      Object.assign(fault, { call: "rename", after: 0, code });
      await expect(new CheckpointFolder(folder.path("words")).store(state("1"))).rejects.toThrow(says);
    }
    fault.code = "ENOSPC";
  });
});

describe("folders that cannot be made", () => {
  const own = folder.write("file", "x");
  const cases: [dir: string, says: RegExp][] = [
    [own, /there is a file of that name/],
    [join(own, "a/b"), /a part of its path is a file, not a folder/],
    [folder.path("x".repeat(300)), /its name is too long/],
    ...(existsSync("/proc/self") ? [["/proc/nothing/a/b", /\/proc takes no new folders/] as [string, RegExp]] : []),
  ];
  for (const [dir, says] of cases) {
    it(`${dir.slice(-20)}: by the library, by train and by data fetch, at once`, () => {
      const started = performance.now();
      expect(() => makeFolders(dir)).toThrow();
      for (const args of [["train", table, "--target", "y", "--out", dir, ...quick], ["data", "fetch", "yacht", "--cache", dir, "--out", folder.path(".")], ["data", "fetch", "yacht", "--out", dir]]) {
        const { code, err } = hhvaem(...args);
        expect(code, err).toBeGreaterThan(0);
        expect(err, args.join(" ")).toMatch(/^cannot (make the folder|write) /);
        if (args[0] === "train") expect(err).toMatch(says);
        expect(err).not.toMatch(/\b[A-Z]{5,}:|at .*\.js/);
      }
      expect(performance.now() - started).toBeLessThan(30_000);
    });
  }
  it("those that are there are left, and links to them", () => {
    mkdirSync(folder.path("there"));
    symlinkSync(folder.path("there"), folder.path("linked"));
    makeFolders(folder.path("linked/a/b"));
    makeFolders(folder.path("there/a/b"));
    expect(existsSync(folder.path("there/a/b"))).toBe(true);
  });
});

describe("a folder is one training's", () => {
  const holder = (id: number, machine = hostname()): string => `${JSON.stringify({ machine, process: id, since: "2026-01-02T03:04:05.000Z" })}\n`;

  it("twice in one process", () => {
    mkdirSync(folder.path("one"));
    const lock = lockFolder(folder.path("one"));
    expect(() => lockFolder(folder.path("one"))).toThrow(new RegExp(`one is in use: process ${process.pid} on ${hostname()}, since .* UTC, trains in it; wait until it has ended, stop it, or choose another folder\\. If it has ended without a word, remove .*in-use\\.json\\.$`));
    lock.release();
    expect(readdirSync(folder.path("one"))).toEqual([]);
    lockFolder(folder.path("one")).release();
  });

  it("of a process that is alive, and of any on another machine", () => {
    folder.write("alive/in-use.json", holder(process.ppid));
    expect(() => lockFolder(folder.path("alive"))).toThrow(`process ${process.ppid} on`);
    folder.write("far/in-use.json", holder(1, "elsewhere"));
    expect(() => lockFolder(folder.path("far"))).toThrow("process 1 on elsewhere, since 2026-01-02 03:04 UTC");
  });

  it("no more where the process has ended, or had our number before us", () => {
    for (const id of [2 ** 22 + 5, process.pid]) {
      folder.write("ended/in-use.json", holder(id));
      const lock = lockFolder(folder.path("ended"));
      expect(JSON.parse(readFileSync(folder.path("ended/in-use.json"), "utf8"))).toMatchObject({ process: process.pid });
      lock.release();
      expect(readdirSync(folder.path("ended"))).toEqual([]);
    }
  });

  it("of nobody that can be told: it says which file to remove", () => {
    folder.write("empty/in-use.json", "");
    expect(() => lockFolder(folder.path("empty"))).toThrow(/empty is in use: another process, trains in it; .*remove .*in-use\.json\.$/);
  });

  it("two trainings at once: one trains, the other is told who does; after a kill -9 the next one takes over", async () => {
    const out = folder.path("two");
    const cli = join(import.meta.dirname, "../../dist/cli.js");
    const train = ["train", table, "--target", "y", "--out", out, "--preset", "VAE", "--no-report", "--vi-steps", "100000", "--batch", "20", "--checkpoint-seconds", "0.2"];
    const first = spawn(process.execPath, [cli, ...train], { stdio: "ignore", env: { ...process.env, HHVAEM_TUNING: "off" } });
    const ended = once(first, "exit");
    for (let i = 0; i < 600 && !existsSync(join(out, "checkpoint")); i++) await new Promise((resolve) => setTimeout(resolve, 100));
    for (const more of [[], ["--resume"], ["--force"]]) {
      const { code, err } = hhvaem(...train, ...more);
      expect(code).toBe(2);
      expect(err).toMatch(new RegExp(`two is in use: process ${first.pid} on .*, trains in it`));
    }
    first.kill("SIGKILL");
    await ended;
    expect(existsSync(join(out, "in-use.json"))).toBe(true);
    const { code, err } = hhvaem("train", table, "--target", "y", "--out", out, "--preset", "VAE", "--no-report", "--vi-steps", "20", "--batch", "20", "--force");
    expect(code, err).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["config.json", "log.jsonl", "schema.json", "weights.safetensors"]);
  });
});

it("an error of the file system that nobody has foreseen is said with its file", () => {
  expect(fileSentence(Object.assign(new Error("ENOTEMPTY: directory not empty, rename 'a' -> 'b'"), { code: "ENOTEMPTY", syscall: "rename", path: "a", dest: "b" }))).toBe("cannot move a to b: the folder is not empty: something else writes there too.");
  expect(fileSentence(Object.assign(new Error("x"), { code: "ENOENT", syscall: "open", path: "a" }))).toBe("cannot open a: there is no such file or folder.");
  expect(fileSentence(new Error("x"))).toBeUndefined();
  expect(fileSentence(Object.assign(new Error("x"), { code: "ECONNREFUSED", syscall: "connect" }))).toBeUndefined();
  expect(inWords(new Error("as it is"))).toBe("as it is");
  rmSync(folder.path("file"));
});
