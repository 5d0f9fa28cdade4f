import { expect, it } from "vitest";
import { tableData } from "../../src/cli/saia/table-data.ts";
import { presets, scheduleOf } from "../../src/model/index.ts";
import { smallCsv, workFolder } from "./run.ts";

const folder = workFolder();
const data = folder.write("table.csv", smallCsv(40));
const splits = folder.write("splits.csv", `fold,a,b,c,d\n${Array.from({ length: 40 }, (_, i) => `${i % 4},1,1,1,1`).join("\n")}\n`);
const options = { data, splits, target: ["y"], methods: ["mi"], out: folder.path("out"), draws: 20, seed: 0 };

it("experiment saia trains each preset by its own schedule, as train does; what is asked for goes for all", async () => {
  const usual = await tableData(options);
  for (const model of ["best", "proper", "HHVAEM", "VAEM"]) expect((await usual.training(0, model)).schedule, model).toEqual(scheduleOf(presets[model]));
  expect((await usual.training(0, "best")).schedule).toMatchObject({ viSteps: 4000, hmcSteps: 50 });
  expect(usual.identity.schedule).toEqual({});
  const short = await tableData({ ...options, viSteps: 20, batch: 10 });
  expect((await short.training(0, "best")).schedule).toEqual(scheduleOf(presets.best, { viSteps: 20, batch: 10 }));
  expect(short.identity.command).toContain("--vi-steps 20 --batch 10 --draws 20");
});
