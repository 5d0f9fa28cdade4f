import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isStream, writeOutput } from "../../src/cli/inputs/files.ts";
import { streamOutput } from "../../src/cli/output/stream-output.ts";
import { packModel } from "../../src/model/index.ts";
import { smallFiles } from "../model/small-files.ts";
import { hhvaem, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const csv = smallCsv(40);
const table = folder.write("t.csv", csv);
folder.write("e.csv", ".imp,term,estimate,std.error\n1,age,0.42,0.11\n2,age,0.47,0.12\n");
folder.write("m.hhvaem", packModel(smallFiles()));

/** A line of bash in the folder; `hhvaem` is the program. */
function shell(line: string): { code: number | null; out: string; err: string } {
  const cli = join(import.meta.dirname, "../../dist/cli.js");
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `set -o pipefail; hhvaem() { ${process.execPath} ${cli} "$@"; }; ${line}`], { cwd: folder.path("."), encoding: "utf8", env: { ...process.env, HHVAEM_TUNING: "off" } });
  return { code: status, out: stdout, err: stderr.replace(/^Warning: max.*\n/gm, "") };
}

describe("tables that come through pipes", () => {
  const whole = hhvaem("schema", table, "--target", "y", "--json").out;
  const ways: Record<string, string> = {
    "/dev/stdin of a pipe": "cat t.csv | hhvaem schema /dev/stdin --target y --json",
    "/dev/stdin of a file": "hhvaem schema /dev/stdin --target y --json < t.csv",
    "a process substitution": "hhvaem schema <(cat t.csv) --target y --json",
    "gzipped, by a process substitution": "hhvaem schema <(gzip -c t.csv) --target y --json",
    "a named pipe": "mkfifo fifo; cat t.csv > fifo & hhvaem schema fifo --target y --json; rm fifo",
    "the page before the schema": "hhvaem schema <(cat t.csv) --target y > /dev/null && hhvaem schema <(cat t.csv) --target y --json",
  };
  for (const [what, line] of Object.entries(ways)) it(what, () => expect(shell(line)).toEqual({ code: 0, out: whole, err: "" }));

  it("estimates and their answers", () => {
    hhvaem("pool", folder.path("e.csv"), "-o", folder.path("pooled.csv"));
    expect(shell("hhvaem pool <(cat e.csv) -o >(cat > piped.csv); sleep 0.5").code).toBe(0);
    expect(readFileSync(folder.path("piped.csv"), "utf8")).toBe(readFileSync(folder.path("pooled.csv"), "utf8"));
  });

  it("what is wrong with one is said with its name", () => {
    expect(shell("hhvaem train <(cat t.csv) --target nobody --out m").err).toMatch(/^\/dev\/fd\/\d+, column "nobody": there is no such column/);
  });

  it("parts of a table need a file", () => {
    expect(shell("hhvaem impute m.hhvaem <(cat t.csv) -o out.csv --chunk-rows 10").err).toBe("--chunk-rows, --resume and --queue: standard input and output and other pipes are read and written as a whole; leave them out, or name files.\n");
  });
});

describe("outputs that are no files", () => {
  it("take the bytes and stay what they are", async () => {
    spawnSync("mkfifo", [folder.path("fifo")]);
    for (const write of [() => writeOutput(folder.path("fifo"), "a,b\n"), () => streamOutput(folder.path("fifo"), ["a,", "b\n"])]) {
      const [read] = await Promise.all([readFile(folder.path("fifo"), "utf8"), write()]);
      expect(read).toBe("a,b\n");
      expect(statSync(folder.path("fifo")).isFIFO()).toBe(true);
    }
  });

  it("are told from files and folders", () => {
    expect(["fifo", "t.csv", ".", "nothing"].map((name) => isStream(folder.path(name)))).toEqual([true, false, false, false]);
    expect(isStream("/dev/stdout")).toBe(true);
  });
});
