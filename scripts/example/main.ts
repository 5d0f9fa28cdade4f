// Trains the finished example that the page begins with and writes it to a folder: a table with holes, the model, and its answers.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { codeTable, decideSchema, embeddedTables, parseTable } from "../../src/data/index.ts";
import { openDevice } from "../../src/gpu/open-device.ts";
import { foldIn, keyFromSeed, uniform } from "../../src/math/key.ts";
import { checkModel, fit, holdOut, packModel, presets, scheduleOf, usualShare, withCheck } from "../../src/model/index.ts";
import { exampleAnswers } from "./answers.ts";

const [folder = "src/web/example", minutes = "5"] = process.argv.slice(2);
const seed = 0;
/** Share of the features' cells that become holes. */
const holes = 0.12;

const { resolve } = createRequire(join(process.cwd(), "package.json"));
const source = readFileSync(resolve("@observablehq/sample-datasets/cars.csv"), "utf8").trimEnd().split("\n");
const [head, ...lines] = source.map((line) => line.trimEnd().split(","));
const target = head.indexOf("economy (mpg)");
const random = uniform(foldIn(keyFromSeed(seed), 40), lines.length * head.length);
const cells = lines.map((line, row) => line.map((cell, j) => (j === 0 || j === target || random[row * head.length + j] >= holes ? cell : ""))).filter((line) => line[target] !== "");
const csv = [head, ...cells].map((line) => `${line.join(",")}\n`).join("");
const table = parseTable(new TextEncoder().encode(csv));
const { schema } = decideSchema(table, { targets: ["economy (mpg)"], types: embeddedTables.cars.types });
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
writeFileSync(join(folder, "cars.csv"), csv);
writeFileSync(join(folder, "cars.hhvaem"), bytes);
writeFileSync(join(folder, "answers.json"), `${JSON.stringify(await exampleAnswers(bytes, new TextEncoder().encode(csv)))}\n`);
console.log(`${bytes.length} bytes of model, checked after ${seconds().toFixed(0)} s`);
console.log(JSON.stringify(check, null, 1));
gpu.close();
process.exit(0);
