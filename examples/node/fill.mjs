// node fill.mjs [TABLE.csv] [TARGET]: trains on a table, writes it with its holes filled, and keeps the model. STEPS=100 tries it out where there is no GPU.
import { writeFile } from "node:fs/promises";
import { encode, fit, formatValue, load, openDevice, readTable, save } from "hhvaem/node";

const [path = "plants.csv", target = "yield"] = process.argv.slice(2);
const steps = process.env.STEPS === undefined ? undefined : Number(process.env.STEPS);

const gpu = await openDevice();
const table = await readTable(path);
// one network, quick to train and to ask; without `preset` it is "best", which takes longer
const model = await fit(gpu, table, { target, preset: "conditional", seed: 1, schedule: steps === undefined ? {} : { completionSteps: steps } });
await save(model, "plants.hhvaem");

// as another program would, later
const again = await load(gpu, "plants.hhvaem");
const coded = encode(again, table);
const { cells } = await again.impute(coded, { draws: 200, interval: 0.9 });
const column = (name) => again.schema.columns.find((one) => one.name === name);
const filled = new Map(cells.map(({ row, name, value }) => [`${row} ${table.columns.indexOf(name)}`, formatValue(column(name), value)]));
const lines = Array.from({ length: table.rows }, (_, row) => table.columns.map((_, j) => filled.get(`${row} ${j}`) ?? table.cell(row, j)).join(","));
await writeFile("filled.csv", `${[table.columns.join(","), ...lines].join("\n")}\n`);
console.log(`${cells.length} holes of ${table.rows} rows filled into filled.csv; the model is in plants.hhvaem.`);
gpu.close();
