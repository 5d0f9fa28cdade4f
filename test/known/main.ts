import { appendFileSync } from "node:fs";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { fit, presets, scheduleOf } from "../../src/model/index.ts";
import { codeRows } from "./code-rows.ts";
import { measureKnown } from "./measure.ts";
import { chain, drawRows, mild, strong } from "./truth.ts";

/** node scripts/known-answers.mjs TABLE ROWS random|depending [PRESET] [SCALE] [FILE]: trains a preset on a table whose answers are known, by its full schedule or a part of it, and says what it gets right; one JSON line. */
const [table = "strong", rows = "400", missing = "random", preset = "best", scale = "1", file] = process.argv.slice(2);
const truth = { strong, mild, chain }[table];
if (!truth || !presets[preset] || !(Number(rows) > 20) || !(missing === "random" || missing === "depending")) {
  console.error("usage: node scripts/known-answers.mjs strong|mild|chain ROWS random|depending [PRESET] [SCALE] [FILE]");
  process.exit(2);
}
const gpu = await openDevice();
const { schema, table: training } = codeRows(truth, drawRows(truth, Number(rows), { seed: 1, missing }));
const usual = scheduleOf(presets[preset]);
const steps = (count: number): number => Math.max(1, Math.round(count * Number(scale)));
const started = performance.now();
const model = await fit(gpu, training, schema, { config: presets[preset], seed: 0, schedule: { ...usual, viSteps: steps(usual.viSteps), hmcSteps: steps(usual.hmcSteps), completionSteps: steps(usual.completionSteps) } });
const seconds = (performance.now() - started) / 1000;
const { chosen } = JSON.parse(new TextDecoder().decode((await model.files()).get("config.json"))) as { chosen?: object };
const measures = await measureKnown(model, truth, drawRows(truth, 300, { seed: 2, missing }), 400);
const line = JSON.stringify({ table, rows: Number(rows), missing, preset, scale: Number(scale), ...measures, seconds: Math.round(seconds), chosen, adapter: gpu.name });
console.log(line);
if (file) appendFileSync(file, `${line}\n`);
gpu.close();
