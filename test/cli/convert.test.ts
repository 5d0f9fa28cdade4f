import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { load, save } from "../../src/cli/library.ts";
import { testDevice } from "../device.ts";
import { hhvaem, quick, smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const table = folder.write("table.csv", smallCsv(60));
const model = folder.path("model");
const file = folder.path("model.hhvaem");

beforeAll(() => {
  const train = hhvaem("train", table, "--target", "y", "--out", model, ...quick);
  expect(train.code, train.err).toBe(0);
  expect(hhvaem("convert", model, "-o", file)).toMatchObject({ code: 0, err: "", out: `${model} is in one file: ${file}\n` });
});

/** What went wrong, with the folder of the test taken out. */
function refusal(...args: string[]): string {
  const { code, out, err } = hhvaem(...args);
  expect(out).toBe("");
  expect(code, err).toBe(2);
  return err.replaceAll(`${folder.path("")}/`, "").trim();
}

describe("a model as a folder and as one file", () => {
  it("goes there and back byte for byte", () => {
    const back = hhvaem("convert", file, "-o", folder.path("back"), "--json");
    expect(JSON.parse(back.out)).toMatchObject({ model: file, output: folder.path("back") });
    expect(readdirSync(folder.path("back")).sort()).toEqual(readdirSync(model).sort());
    for (const name of readdirSync(model)) expect(readFileSync(`${folder.path("back")}/${name}`), name).toEqual(readFileSync(`${model}/${name}`));
    expect(hhvaem("convert", folder.path("back"), "-o", folder.path("again.hhvaem")).code).toBe(0);
    expect(readFileSync(folder.path("again.hhvaem"))).toEqual(readFileSync(file));
  });

  it("answers alike: impute, predict, evaluate, acquire and ask", () => {
    const bytes = (from: string, command: string): Buffer => {
      const out = folder.path(`${command}-of-${from.endsWith(".hhvaem") ? "file" : "folder"}.csv`);
      const run = hhvaem(command, from, table, "-o", out, "--draws", "20");
      expect(run.code, run.err).toBe(0);
      return readFileSync(out);
    };
    for (const command of ["impute", "predict"]) expect(bytes(file, command)).toEqual(bytes(model, command));
    const acquire = (from: string): string => hhvaem("acquire", from, folder.write("row.csv", "a,b,c,d\n,2.5,,red\n"), "--draws", "40", "--json").out;
    expect(acquire(file)).toBe(acquire(model));
    expect(JSON.parse(hhvaem("evaluate", file, table, "--draws", "20", "--json").out)).toMatchObject({ rows: 60 });
    // nothing is typed: it ends at once, after its first prediction
    expect(hhvaem("ask", file, "--draws", "20").out).toContain("To predict y");
  });

  it("is loaded and saved by the library in both forms", async () => {
    const loaded = await load(await testDevice(), file);
    await save(loaded, folder.path("saved.hhvaem"));
    await save(loaded, folder.path("saved"));
    expect(readFileSync(folder.path("saved.hhvaem"))).toEqual(readFileSync(file));
    expect(readFileSync(`${folder.path("saved")}/weights.safetensors`)).toEqual(readFileSync(`${model}/weights.safetensors`));
  });

  it("replaces only with --force, and then what is there, whole", () => {
    const takenFile = folder.path("taken.hhvaem");
    const takenFolder = folder.path("taken");
    copyFileSync(file, takenFile);
    cpSync(model, takenFolder, { recursive: true });
    expect(refusal("convert", model, "-o", takenFile)).toMatchInlineSnapshot(`"--output taken.hhvaem: there is such a file already; choose another, or replace it with --force."`);
    expect(refusal("convert", file, "-o", takenFolder)).toMatchInlineSnapshot(`"--output taken: the folder holds a model already; choose another, or replace it with --force."`);
    writeFileSync(takenFile, "old");
    expect(hhvaem("convert", model, "-o", takenFile, "--force").code).toBe(0);
    expect(readFileSync(takenFile)).toEqual(readFileSync(file));
    writeFileSync(`${takenFolder}/weights.safetensors`, "old");
    expect(hhvaem("convert", file, "-o", takenFolder, "--force").code).toBe(0);
    expect(readFileSync(`${takenFolder}/weights.safetensors`)).toEqual(readFileSync(`${model}/weights.safetensors`));
  });
});

describe("what is refused", () => {
  it("outputs that do not fit the input", () => {
    mkdirSync(folder.path("dir.hhvaem"));
    folder.write("unfinished/checkpoint/1/checkpoint.json", "{}");
    folder.write("plain", "text");
    expect(refusal("convert", model, "-o", folder.path("model.bin"))).toMatchInlineSnapshot(`"--output model.bin: model is a folder, so the output is a file; let its name end in .hhvaem."`);
    expect(refusal("convert", file, "-o", folder.path("copy.hhvaem"))).toMatchInlineSnapshot(`"--output copy.hhvaem: model.hhvaem is a model file already, so the output is a folder; copy the file, or name a folder."`);
    expect(refusal("convert", model, "-o", folder.path("dir.hhvaem"), "--force")).toMatchInlineSnapshot(`"--output dir.hhvaem: there is a folder of that name; choose another."`);
    expect(refusal("convert", file, "-o", folder.path("plain"), "--force")).toMatchInlineSnapshot(`"--output plain: there is a file of that name; choose another."`);
    expect(refusal("convert", file, "-o", folder.path("unfinished"), "--force")).toMatchInlineSnapshot(`"--output unfinished: the folder holds an unfinished training; choose another."`);
    expect(refusal("convert", model, "-o", folder.path("nowhere/model.hhvaem"))).toMatchInlineSnapshot(`"the folder of nowhere/model.hhvaem does not exist; make it first."`);
    expect(existsSync(folder.path("copy.hhvaem"))).toBe(false);
  });

  it("inputs that are no model", () => {
    const cut = folder.write("cut.hhvaem", readFileSync(file).subarray(0, 5000));
    expect(refusal("convert", cut, "-o", folder.path("out"))).toMatch(/^"?cut\.hhvaem, header: expected \d{4} bytes, got only 4992 to the end of the file; the file is incomplete: copy or save it again\."?$/);
    expect(refusal("predict", folder.path("missing.hhvaem"), table, "-o", folder.path("p.csv"))).toMatchInlineSnapshot(`"missing.hhvaem: expected a model file, got no such file; check the path, or make one from a model folder with \`hhvaem convert DIR -o FILE.hhvaem\`."`);
    expect(refusal("convert", folder.path("missing"), "-o", folder.path("p.hhvaem"))).toMatchInlineSnapshot(`"missing: expected a model folder with config.json, got no such folder; train a model with \`hhvaem train TABLE --target COLUMN --out DIR\`."`);
    expect(refusal("impute", table, table, "-o", folder.path("p.csv"))).toMatchInlineSnapshot(`"table.csv: expected a model in one file, got a file of another kind; use a file that \`hhvaem convert\` or the web page wrote; if it is one, it is damaged: write it again."`);
    expect(refusal("ask", `${model}/weights.safetensors`)).toMatchInlineSnapshot(`"weights.safetensors, __metadata__: expected format "hhvaem model file", version 1, got format "hhvaem model", version none; for a model folder's weights.safetensors, give the folder instead."`);
    expect(refusal("convert", `${model}/config.json`, "-o", folder.path("out"))).toMatchInlineSnapshot(`"--output out: the name says no format; let it end in .csv, .tsv, .parquet, .xlsx, .arrow, .feather, .arrows, .json or .jsonl, or say --to FORMAT."`);
    expect(existsSync(folder.path("out"))).toBe(false);
  });

  it("a training into a file", () => {
    expect(refusal("train", table, "--target", "y", "--out", folder.path("new.hhvaem"), ...quick)).toMatchInlineSnapshot(`"--out new.hhvaem: a training writes a folder, with its checkpoints; train into one, and make it a file with \`hhvaem convert DIR -o new.hhvaem\`."`);
    expect(existsSync(folder.path("new.hhvaem"))).toBe(false);
  });
});
