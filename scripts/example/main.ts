// Trains the finished example that the page begins with and writes it to a folder: the model, and its answers. Its table is made at each build (table.ts).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { codeTable, decideSchema, embeddedTables, parseTable } from "../../src/data/index.ts";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { checkModel, fit, holdOut, packModel, presets, scheduleOf, usualShare, withCheck } from "../../src/model/index.ts";
import { exampleAnswers } from "./answers.ts";
import { exampleTable, exampleTarget } from "./table.ts";

const [folder = "src/web/example", minutes = "5"] = process.argv.slice(2);
const seed = 0;

const { resolve } = createRequire(join(process.cwd(), "package.json"));
const csv = exampleTable(readFileSync(resolve("@observablehq/sample-datasets/cars.csv"), "utf8"));
const table = parseTable(new TextEncoder().encode(csv));
const { schema } = decideSchema(table, { targets: [exampleTarget], types: embeddedTables.cars.types });
const split = holdOut(codeTable(table, schema, { source: "cars" }), usualShare, seed);
/** A small file that answers quickly: a narrow completion network beside a mixture of Gaussians. */
const config = { ...presets.conditional, completion: { ...presets.conditional.completion!, hidden: 64 }, gaussians: { parts: 12 } };
const gpu = await openDevice();
const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const curve: [number, number][] = [];
let told = 0;
const model = await fit(gpu, split.training, schema, {
  config,
  schedule: scheduleOf(config),
  seed,
  time: { seconds: 60 * Number(minutes), clock: () => performance.now() },
  onProgress: ({ stage, step, steps, metrics }) => {
    if (metrics.heldBack !== undefined) curve.push([seconds(), metrics.heldBack]);
    if (seconds() - told > 10) console.log(`${(told = seconds()).toFixed(0)} s: ${stage} ${step} of ${steps}`);
  },
});
console.log(`trained in ${seconds().toFixed(0)} s on ${gpu.name}`);
const check = await checkModel(model, { training: split.training, exam: split.exam! }, { seed, curve });
const bytes = packModel(withCheck(await model.files(), check));
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "cars.hhvaem"), bytes);
writeFileSync(join(folder, "answers.json"), `${JSON.stringify(await exampleAnswers(bytes, new TextEncoder().encode(csv)))}\n`);
console.log(`${bytes.length} bytes of model, checked after ${seconds().toFixed(0)} s`);
console.log(JSON.stringify(check, null, 1));
gpu.close();
process.exit(0);
