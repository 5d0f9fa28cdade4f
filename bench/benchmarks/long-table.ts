import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "../benchmark.ts";

/** The bundle lies in bench/.cache, the command line in dist. */
const cli = join(dirname(fileURLToPath(import.meta.url)), "../../dist/cli.js");

/** A repeatable number in [0, 1) for each i. */
function noise(i: number): number {
  let x = (i + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

/** A visit: a key, a date, a time, three measurements, a scale, two kinds of levels, and a sentence that is quoted. */
function line(i: number): string {
  const u = (j: number): number => noise(16 * i + j);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const cells = [
    String(100_000 + i), `20${two(10 + 14 * u(0))}-${two(1 + 12 * u(1))}-${two(1 + 28 * u(2))}`, `${two(24 * u(3))}:${two(60 * u(4))}`, (36 + 3 * u(5)).toFixed(1), (200 * u(6) ** 3).toFixed(3), String(Math.floor(40 + 120 * u(7))),
    String(1 + Math.floor(5 * u(8))), u(9) < 0.3 ? "yes" : "no", ["north", "south", "east", "west"][Math.floor(4 * u(10))], `"seen by ${["A", "B"][Math.floor(2 * u(11))]}, room ${Math.floor(30 * u(12))}"`,
  ];
  return cells.map((cell, j) => (j > 0 && u(13) * 10 - j < 0.4 && u(13) * 10 - j > 0 ? "" : cell)).join(",");
}

async function write(path: string, megabytes: number): Promise<number> {
  const file = createWriteStream(path);
  file.write("visit_id,day,hour,temperature,marker,weight,pain,smoker,ward,remark\n");
  let rows = 0;
  for (let bytes = 0; bytes < 1e6 * megabytes; ) {
    const text = `${Array.from({ length: 5000 }, (_, k) => line(rows + k)).join("\n")}\n`;
    rows += 5000;
    bytes += text.length;
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
  return rows;
}

/** What `hhvaem schema` prints, its seconds, and the most memory that it held, in MB. */
async function schema(path: string): Promise<{ text: string; seconds: number; peak: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [cli, "schema", path], { stdio: ["ignore", "pipe", "inherit"] });
  let [text, peak] = ["", 0];
  child.stdout.on("data", (piece: Buffer) => (text += piece.toString()));
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024);
    } catch {
      // it has ended, or there is no /proc
    }
  }, 50);
  const [code] = (await once(child, "close")) as [number];
  clearInterval(watch);
  if (code !== 0) throw new Error(`hhvaem schema ended with ${code}`);
  return { text, seconds: (performance.now() - started) / 1000, peak };
}

/** What each column of the file is. */
const expected = ["visit_id ignore", "day feature date", "hour feature time", "temperature feature positive", "marker feature positive", "weight feature positive", "pain feature ordinal", "smoker feature binary", "ward feature categorical", "remark feature categorical"];

export const longTableBenchmark: Benchmark = {
  name: "long-table",
  about: "what `hhvaem schema` takes for a long CSV file: seconds and memory",
  onRequest: true,
  async run({ quick, say }) {
    if (!existsSync(cli)) throw new Error("there is no dist/cli.js; run `npm run build` first.");
    const folder = mkdtempSync(join(tmpdir(), "hhvaem-long-"));
    try {
      const rows = [];
      for (const megabytes of quick ? [1] : [50, 100, 400]) {
        const path = join(folder, `${megabytes}.csv`);
        const lines = await write(path, megabytes);
        const { text, seconds, peak } = await schema(path);
        const page = text.replace(/ +/g, " ");
        const wrong = expected.filter((column) => !page.includes(` ${column}`));
        if (wrong.length > 0) throw new Error(`expected ${wrong.join("; ")} in\n${text}`);
        say(`  ${megabytes} MB: ${seconds.toFixed(1)} s, ${peak.toFixed(0)} MB`);
        rows.push({ "MB of CSV": Math.round(statSync(path).size / 1e6), rows: lines, seconds: Number(seconds.toFixed(2)), "peak MB": Math.round(peak) });
        rmSync(path);
      }
      return { notes: ["Ten columns: a key, a date, a time of day, three measurements, a scale, yes and no, levels, quoted texts; 4 % of the cells of one column each are missing.", "Checked: each column is taken for what it is.", "Files of more than 32 MB are read once, and a row in some is looked at."], rows };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
