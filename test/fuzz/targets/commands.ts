import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { packModel } from "../../../src/model/index.ts";
import { smallFiles } from "../../model/small-files.ts";
import { target } from "../target.ts";

const cli = join(process.cwd(), "dist/cli.js");

/** What a shell may be given, right and wrong. Commands that open a device or listen are left out: they are slow, and tested by hand-written tests. */
const commands = ["schema", "convert", "pool", "train", "impute", "predict", "evaluate", "sensitivity", "data", "nonsense", ""];
const words = [
  "t.csv", "m.hhvaem", "none.csv", "empty.csv", ".", "out", "-", "--", "--help", "--json", "--force", "--debug", "-o", "--out", "--target", "y", "a", "nope", "--type", "a=real", "a=", "=", "--preset", "best", "--seed", "0", "-1", "1e99", "NaN", "--draws", "--fold", "--splits",
  "--decimal", ",", "--delimiter", ";", "--missing", "--cells", "--completions", "--interval", "0.9", "2", "--shift", "a=1", "a*2", "--bounds", "a=0:1", "--sheet", "\u0000", "é", "", " ", "--estimate", "--unknown", "--no-header", "--time", "0s", "--look-up", "--cross-folds", "999999999999",
];

/** The folder of one run. */
function folderWith(): string {
  const dir = mkdtempSync(join(tmpdir(), "hhvaem-fuzz-"));
  writeFileSync(join(dir, "t.csv"), "a,b,y\n1,x,2\n,y,3\n3,,4\n4,x,5\n");
  writeFileSync(join(dir, "empty.csv"), "");
  writeFileSync(join(dir, "m.hhvaem"), packModel(smallFiles()));
  return dir;
}

export const commandTargets = [
  target({
    name: "command-lines",
    about: "any words after hhvaem end with 0, 1 or 2 and a message without a stack, and inputs stay as they are",
    // a training with all it needs would take minutes: --out is never among the words of `train` beside a target that is there
    inputs: fc.record({ command: fc.constantFrom(...commands), rest: fc.array(fc.constantFrom(...words), { maxLength: 6 }) }).filter(({ command, rest }) => !(command === "train" && rest.includes("--out")) && !["impute", "predict", "evaluate", "sensitivity"].some((name) => name === command && rest.includes("m.hhvaem") && rest.includes("t.csv"))),
    few: 8,
    check: ({ command, rest }) => {
      const dir = folderWith();
      try {
        const inputs = ["t.csv", "m.hhvaem"].map((name) => readFileSync(join(dir, name)));
        const args = [command, ...rest].map((word) => word.replaceAll("\0", "\\0"));
        const { status, stderr, signal } = spawnSync(process.execPath, [cli, ...args], { cwd: dir, encoding: "utf8", input: "a,b\n1,2\n", timeout: 60_000, env: { ...process.env, HHVAEM_TUNING: "off" } });
        if (status === null || status > 2) throw new Error(`ended with ${status ?? signal}: ${stderr}`);
        if (!rest.includes("--debug") && /\n\s+at /.test(stderr)) throw new Error(`a stack: ${stderr}`);
        if (status !== 0 && stderr.trim() === "") throw new Error(`ended with ${status} without a word`);
        if (rest.includes("--force")) return;
        ["t.csv", "m.hhvaem"].forEach((name, i) => {
          if (!existsSync(join(dir, name)) || Buffer.compare(readFileSync(join(dir, name)), inputs[i]) !== 0) throw new Error(`${name} is another file now; the folder has ${readdirSync(dir).join(", ")}`);
        });
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    },
  }),
];
