import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { browserForTests, expectQuiet } from "../browser/browser.ts";
import { installedProject, root, sizeOfFolder, type Project } from "./packed.ts";

const { open } = browserForTests();
let project: Project;
beforeAll(async () => {
  project = await installedProject();
});

const out = ({ stdout, stderr, status }: ReturnType<Project["node"]>): { out: string; code: number | null; err: string } => ({ out: stdout, code: status, err: stderr.replace(/^Warning: max.*\n/gm, "") });
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string; peerDependencies: object };

describe("what is installed", () => {
  it("the tarball has the licence, the notices and the types, and nothing of the build's own or of the sources", () => {
    for (const name of ["LICENSE", "README.md", "CHANGELOG.md", "CITATION.cff", "dist/THIRD-PARTY-NOTICES.txt", "dist/web/THIRD-PARTY-NOTICES.txt", "dist/web/index.html", "dist/cli.js"]) expect(project.contents).toContain(name);
    for (const entry of ["index", "node", "engine", "sampler"]) expect(project.contents).toEqual(expect.arrayContaining([`dist/${entry}.js`, `dist/types/${entry}.d.ts`]));
    expect(project.contents.filter((path) => !/^(package\.json|LICENSE|README\.md|CHANGELOG\.md|CITATION\.cff|dist\/(cli|index|node|engine|sampler)\.js|dist\/(chunks|parts|web)\/.*|dist\/types\/.*\.d\.ts|dist\/THIRD-PARTY-NOTICES\.txt)$/.test(path))).toEqual([]);
    expect(project.contents.filter((path) => /\.map$|\.inputs/.test(path))).toEqual([]);
  });

  it("a page installs no optional package, and less than 10 MB", () => {
    const installed = readdirSync(project.path("node_modules")).flatMap((name) => (name.startsWith("@") ? readdirSync(project.path("node_modules", name)).map((own) => `${name}/${own}`) : [name]));
    expect(installed).toContain("hyparquet");
    expect(installed.filter((name) => name in manifest.peerDependencies)).toEqual([]);
    expect(sizeOfFolder(project.path("node_modules")) / 1e6).toBeLessThan(10);
  });

  it("the notices name every package of which something is in the files, with its licence", () => {
    const notices = readFileSync(project.path("node_modules/hhvaem/dist/THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of ["preact 11", "comlink 4", "d3-array 3", "@observablehq/plot 0", "@observablehq/sample-datasets 1", "wgpu-matrix 3", "idb-keyval 6"]) expect(notices).toContain(`\n${name}.`);
    expect(notices).toContain("Apache License");
    expect(notices).toContain("Permission to use, copy, modify, and/or distribute this software");
    expect(notices).not.toContain("bullmq");
  });
});

describe("the command line", () => {
  const hhvaem = (...args: string[]): ReturnType<typeof out> => out(project.node(".", [project.path("node_modules/.bin/hhvaem"), ...args]));

  it("says its version", () => {
    expect(hhvaem("--version")).toEqual({ out: `${manifest.version}\n`, code: 0, err: "" });
  });

  it("reads a table without any optional package", () => {
    cpSync(join(root, "examples/node/plants.csv"), project.path("plants.csv"));
    const { out: text, code } = hhvaem("schema", "plants.csv", "--target", "yield", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(text) as { columns: { name: string }[] }).columns.map(({ name }) => name)).toEqual(["height", "leaves", "light", "soil", "yield"]);
  });

  it("names the package that is missing, and what to type", () => {
    expect(hhvaem("doctor")).toEqual({ out: "", code: 1, err: "WebGPU is not available here: the package webgpu is not installed; npm install webgpu.\n" });
    expect(hhvaem("experiment", "status", "--queue", "redis://localhost:1")).toEqual({ out: "", code: 1, err: "this needs the package bullmq, which is not installed; npm install bullmq.\n" });
  });

  it("ends with 2 for bad input", () => {
    expect(hhvaem("schema", "nothing.csv")).toMatchObject({ code: 2, out: "" });
  });
});

describe("entries in Node", () => {
  const evaluated = (code: string): ReturnType<typeof out> => out(project.node(".", ["--input-type=module", "-e", code]));

  it("each is imported, and openDevice says what to do where there is no WebGPU", () => {
    expect(evaluated(`
      for (const entry of ["", "/node", "/engine", "/sampler"]) {
        const { openDevice } = await import("hhvaem" + entry);
        await openDevice().catch(({ name, message }) => console.log(name + ": " + message));
      }`)).toMatchInlineSnapshot(`
        {
          "code": 0,
          "err": "",
          "out": "DeviceError: WebGPU is not available here: there is no navigator.gpu. In Node import openDevice from "hhvaem/node" (npm install webgpu), or pass a provider, openDevice({ gpu }); in a browser take one that has WebGPU, and a page served over https or from localhost.
        DeviceError: WebGPU is not available here: the package webgpu is not installed; npm install webgpu.
        DeviceError: WebGPU is not available here: there is no navigator.gpu. In Node import openDevice from "hhvaem/node" (npm install webgpu), or pass a provider, openDevice({ gpu }); in a browser take one that has WebGPU, and a page served over https or from localhost.
        DeviceError: WebGPU is not available here: there is no navigator.gpu. In Node import openDevice from "hhvaem/node" (npm install webgpu), or pass a provider, openDevice({ gpu }); in a browser take one that has WebGPU, and a page served over https or from localhost.
        ",
        }
      `);
  });
});

describe("types", () => {
  const usage = `
import { encode, fit, openDevice, parseTable, type Imputation, type OpenDeviceOptions } from "hhvaem";
import * as engine from "hhvaem/engine";
import { images, load, readTable, save, withDevice } from "hhvaem/node";
import { hmc, planarTargets, type HmcResult } from "hhvaem/sampler";

export async function filled(csv: string, options: OpenDeviceOptions): Promise<Imputation> {
  const gpu = await openDevice(options);
  const table = parseTable(csv);
  const model = await fit(gpu, table, { target: "y", types: { name: "ignore" }, onProgress: ({ step, steps }) => void (step / steps) });
  return model.impute(encode(model, table), { draws: 10 });
}
export const banana = (options: OpenDeviceOptions): Promise<HmcResult> => openDevice(options).then((gpu) => hmc(gpu, { ...planarTargets.banana, dim: 2 }));
export async function squares(gpu: engine.Gpu): Promise<Float32Array> {
  const tape = new engine.Tape();
  const x = tape.read(engine.deviceTensor(gpu, [3], [1, 2, 3]));
  const program = await engine.compile(gpu, { y: engine.square(x), slope: engine.gradients(engine.sum(engine.square(x)), [x])[0] });
  program.run();
  // @ts-expect-error: there is no such output
  void program.outputs.z;
  return program.outputs.slope.read();
}
export const kept = (path: string): Promise<void> => withDevice(async (gpu) => save(await load(gpu, path), path));
export const rows = async (path: string): Promise<number> => (await readTable(path)).rows + (await images.loadImages(path)).count;
`;
  const compiled = (name: string, code: string, options: object): string => {
    writeFileSync(project.path(`${name}.ts`), code);
    writeFileSync(project.path(`${name}.json`), JSON.stringify({ compilerOptions: { strict: true, skipLibCheck: false, noEmit: true, target: "ES2022", types: [], ...options }, files: [`${name}.ts`] }));
    return project.node(".", [join(root, "node_modules/typescript/bin/tsc"), "-p", `${name}.json`]).stdout;
  };

  it("compile under strict without skipLibCheck: in a page by a bundler, where WebGPU's own types are not known", () => {
    expect(compiled("page", `${usage}\nexport const given = (gpu: { requestAdapter(): Promise<object | null> }): Promise<engine.Gpu> => openDevice({ gpu });\n`, { module: "ESNext", moduleResolution: "Bundler", lib: ["ES2022", "DOM"] })).toBe("");
  });

  it("compile as Node resolves modules, without the DOM and without Node's own types", () => {
    expect(compiled("bare", usage, { module: "NodeNext", moduleResolution: "NodeNext", lib: ["ES2022"] })).toBe("");
  });

  it("are WebGPU's own where the program knows them", () => {
    const own = `import { openDevice, type Gpu } from "hhvaem/engine";
      export const opened = (): Promise<Gpu> => openDevice({ gpu: navigator.gpu });
      export const queue = ({ device }: Gpu): GPUQueue => device.queue;
      // @ts-expect-error: a device is no buffer
      export const wrong = ({ device }: Gpu): GPUBuffer => device;`;
    expect(compiled("own", own, { module: "ESNext", moduleResolution: "Bundler", lib: ["ES2022", "DOM"], types: [join(root, "node_modules/@webgpu/types")] })).toBe("");
  });
});

describe("examples", () => {
  const example = (name: string): void => cpSync(join(root, "examples", name), project.path(name), { recursive: true });
  const script = (name: string): string => (JSON.parse(readFileSync(project.path(name, "package.json"), "utf8")) as { scripts: { start: string } }).scripts.start.replace("node ", "");
  beforeAll(() => project.link("webgpu", "vite", "typescript", "@observablehq/sample-datasets"));

  it("engine: the network learns the sine", () => {
    example("engine");
    const { out: text, code, err } = out(project.node("engine", [script("engine")]));
    expect(code, err).toBe(0);
    const errors = [...text.matchAll(/^after (\d+) steps: mean squared error (\d\.\d{5})$/gm)].map(([, steps, error]) => [Number(steps), Number(error)]);
    expect(errors.map(([steps]) => steps)).toEqual([1, 500, 1000]);
    // the variance of a sine is about a half; a network of 32 units comes close to it
    expect(errors[0][1]).toBeGreaterThan(0.1);
    expect(errors[2][1]).toBeLessThan(0.001);
    expect(text).toMatch(/^each step: \d+ dispatches of the program \(matmul \+ relu, /m);
  });

  it("sampler: the eight schools have the moments that are known of them", () => {
    example("sampler");
    const { out: text, code, err } = out(project.node("sampler", [script("sampler")]));
    expect(code, err).toBe(0);
    // columns: mean, its standard error, deviation. posteriordb's reference draws of eight_schools_noncentered have 4.4 and 3.3 for mu, 3.6 and 3.2 for tau; theirs and these have standard errors below 0.05
    for (const [name, mean, deviation] of [["mu", 4.4, 3.3], ["tau", 3.6, 3.2]] as const) {
      const [, ownMean, ownDeviation] = new RegExp(`^${name} +(\\S+) +\\S+ +(\\S+)`, "m").exec(text)!.map(Number);
      expect(Math.abs(ownMean - mean), text).toBeLessThan(0.2);
      expect(Math.abs(ownDeviation - deviation), text).toBeLessThan(0.2);
    }
    expect(text).toMatch(/nothing speaks against these draws\n$/);
  });

  it("node: every hole of the table is filled, the rest stays as it is", () => {
    example("node");
    const { out: text, code, err } = out(project.node("node", [script("node")], { STEPS: "40" }));
    expect(code, err).toBe(0);
    expect(text).toBe("27 holes of 120 rows filled into filled.csv; the model is in plants.hhvaem.\n");
    const [before, after] = ["plants.csv", "filled.csv"].map((name) => readFileSync(project.path("node", name), "utf8").trim().split("\n").map((line) => line.split(",")));
    expect(after.flat().filter((cell) => cell === "")).toEqual([]);
    expect(after.map((line, row) => line.map((cell, j) => (before[row][j] === "" ? "" : cell)))).toEqual(before);
    expect(existsSync(project.path("node/plants.hhvaem"))).toBe(true);
  });

  it("page: Vite builds it without settings, its types hold, and in a browser its worker trains and fills the cars' holes", async () => {
    example("page");
    const types = out(project.node("page", [join(root, "node_modules/typescript/bin/tsc"), "-p", "."]));
    expect(types.out).toBe("");
    const built = out(project.node("page", [join(root, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"]));
    expect({ ...built, out: "" }).toEqual({ out: "", code: 0, err: "" });
    const visit = await open({ folder: project.path("page/dist"), path: "?steps=10" });
    const status = visit.page.getByRole("status");
    await expect.poll(() => status.textContent(), { timeout: 120_000, interval: 200 }).toMatch(/^6 holes filled on .*; the intervals hold 90 %\.$/);
    expect(await visit.page.locator("tr").count()).toBe(6);
    expect(await visit.page.locator("tr").first().textContent()).toMatch(/^row \d+power \(hp\)\d+\.\d\d+\.\d to \d+\.\d$/);
    expectQuiet(visit);
    await visit.close();
  });
});
