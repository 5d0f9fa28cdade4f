import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeTable, inferSchema, parseTable } from "../../src/data/index.ts";
import { fit, type Schedule } from "../../src/model/index.ts";
import type { AskState } from "../../src/web/engine/ask/ask-state.ts";
import { AskingPart, type AskOptions } from "../../src/web/engine/ask/asking-part.ts";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { Workspace } from "../../src/web/engine/workspace.ts";
import { smallCsv } from "../cli/run.ts";
import { smallConfig, smallSchedule } from "../model/small-model.ts";

// y = 10 + 2a: of a, b, c and d, a tells it all
const bytes = new TextEncoder().encode(`${smallCsv(80)},,,,12.5\n1.5,5.5,yes,lilac,\n`);
const lilac = 81;
const options: AskOptions = { without: [], method: "mi", draws: 300, interval: 0.9, seed: 0, minimalGain: 0.01 };
const [a, b, c, d] = [0, 1, 2, 3];

const workspace = new Workspace(() => openDevice());
const asking = new AskingPart(workspace);
const modelOf = async (preset: string, schedule: Partial<Schedule>, targets: string[]) => {
  const raw = parseTable(bytes);
  const schema = inferSchema(raw, { targets, rows: Array.from({ length: 80 }, (_, row) => row) });
  const coded = codeTable(raw, schema, { rows: Array.from({ length: 80 }, (_, row) => row) });
  workspace.table = { name: "small.csv", raw, bytes, options: {} };
  return (await fit(await workspace.gpu(), coded, schema, { config: smallConfig(preset), schedule: { ...smallSchedule, ...schedule }, seed: 1 })).files();
};

beforeAll(async () => workspace.setModel(await modelOf("HHVAEM", { marginalSteps: 100, viSteps: 600 }, ["y"])));
afterAll(async () => (await workspace.gpu()).close());

const widthOf = ({ predictions }: AskState): number => {
  const [target] = predictions.at(-1)!.targets;
  return target.kind === "continuous" ? target.upper - target.lower : Number.NaN;
};
const answer = async (column: number, text: string): Promise<AskState> => {
  const answered = await asking.answer(column, text);
  if ("problem" in answered) throw new Error(answered.problem);
  return answered.state;
};

describe("questions and answers", () => {
  it("from nothing: gains with errors, and an answer tightens the prediction and changes the bars", async () => {
    const first = await asking.start(options);
    expect(first).toMatchObject({ known: [], unknown: [], spent: 0, warnings: [] });
    expect(first.candidates.map(({ column }) => column).sort()).toEqual([a, b, c, d]);
    expect(first.next).toBe(first.candidates[0].column);
    for (const { gain, standardError, cost, gainPerCost, expectedWidth } of first.candidates) {
      expect([Number.isFinite(gain), standardError > 0, cost, gainPerCost, expectedWidth! > 0]).toEqual([true, true, 1, gain, true]);
    }
    const second = await answer(a, " 1.5 ");
    expect(widthOf(second)).toBeLessThan(0.7 * widthOf(first));
    expect(second.known).toEqual([{ column: a, name: "a", text: "1.50", answered: true }]);
    expect(second.candidates.map(({ column }) => column).sort()).toEqual([b, c, d]);
    expect(second.predictions.map(({ step }) => step)).toEqual([undefined, { kind: "answer", name: "a", text: "1.50" }]);
    const [now] = second.predictions[1].targets;
    expect(now).toMatchObject({ kind: "continuous", name: "y", interval: 0.9 });
    if (now.kind === "continuous") {
      const area = now.density.reduce((total, height) => total + height * (now.x[1] - now.x[0]), 0);
      expect(Math.abs(area - 1)).toBeLessThanOrEqual(0.02);
    }
  });

  it("what cannot be used is said, and changes nothing; what is unusual is taken with a note", async () => {
    const before = await asking.start(options);
    expect(await asking.answer(c, "perhaps")).toEqual({ problem: 'c: expected no or yes, got "perhaps".' });
    expect(await asking.answer(b, "-2")).toMatchObject({ problem: expect.stringContaining("the training rows have no negative value") });
    // so far away nothing was learned: an answer would look surer than any other
    expect(await asking.answer(a, "1e9")).toMatchObject({ problem: expect.stringMatching(/^a: 1e9 is so far from all values of the training that the model cannot say what follows from it/) });
    expect(await asking.answer(a, "9")).toMatchObject({ note: expect.stringMatching(/^a: 9 is far from the training rows \(usually .*\)\. Take it back if it is a slip\.$/) });
    // a step back gives what was shown, to the last digit
    expect(await asking.back()).toEqual(before);
    await expect(asking.unknown(9)).rejects.toThrow("expected a feature's index from 0 to 3, got 9");
    expect((await asking.unknown(c)).unknown).toEqual([c]);
  });

  it("unknown values are not asked for again; steps go back one by one", async () => {
    const first = await asking.start(options);
    const refused = await asking.unknown(a);
    expect(refused.candidates).toEqual(first.candidates.filter(({ column }) => column !== a));
    expect((await answer(c, "YES")).known.map(({ text }) => text)).toEqual(["yes"]);
    expect(await asking.back()).toMatchObject({ known: [], unknown: [a] });
    expect((await asking.back()).predictions).toHaveLength(1);
    expect((await asking.back()).predictions).toHaveLength(1);
  });

  it("from a row of the table: its values are known unless they are left out, and can be forgotten on the way", async () => {
    const row = await asking.row(1);
    const [textA, textB] = row.features;
    expect(row.targets).toEqual([expect.stringMatching(/^\d+\.\d\d$/)]);
    const all = await asking.start({ ...options, row: 1 });
    expect(all.known.map(({ name, text }) => [name, text])).toEqual(["a", "b", "c", "d"].map((name, j) => [name, row.features[j]]));
    expect(all).toMatchObject({ stop: "nothing left", candidates: [] });
    const without = await asking.start({ ...options, row: 1, without: [a, b] });
    expect(without.candidates.map(({ column }) => column).sort()).toEqual([a, b]);
    const told = await answer(a, textA!);
    expect(widthOf(told)).toBeLessThan(widthOf(without));
    expect(told.known.map(({ column, answered }) => [column, answered])).toEqual([[a, true], [c, false], [d, false]]);
    const less = await asking.forget(d);
    expect(less.candidates.map(({ column }) => column)).toContain(d);
    expect(less.predictions.at(-1)!.step).toEqual({ kind: "forget", name: "d" });
    expect((await answer(b, textB!)).known.map(({ column }) => column)).toEqual([a, b, c]);
  });

  it("what a row says and the model cannot use is missing, with a warning", async () => {
    expect((await asking.row(lilac)).features).toEqual(["1.50", "5.5", "yes", undefined]);
    const { warnings, candidates } = await asking.start({ ...options, row: lilac });
    expect(warnings.join()).toContain("lilac");
    expect(candidates.map(({ column }) => column)).toEqual([d]);
  });

  it("costs, a budget and limits are changed without new draws", async () => {
    const first = await asking.start(options);
    const dear = await asking.adjust({ method: "mi", costs: [100, 1, 1, 1], budget: 2 });
    expect(dear.candidates.map(({ column }) => column)).not.toContain(a);
    expect(dear.predictions[0].targets).toEqual(first.predictions[0].targets);
    expect(dear.predictions[0].gains).toEqual(first.predictions[0].gains.filter(({ column }) => column !== a));
    expect((await answer(b, "2")).spent).toBe(1);
    expect(await answer(c, "no")).toMatchObject({ spent: 2, stop: "budget", candidates: [] });
    expect(await asking.adjust({ method: "mi", costs: [100, 1, 1, 1], budget: 3, minimalGain: 50 })).toMatchObject({ stop: "gain" });
    await expect(asking.adjust({ method: "mi", costs: [0, 1, 1, 1] })).rejects.toThrow('expected the cost of "a" to be above 0');
    const random = await asking.adjust({ method: "random" });
    expect(random.candidates.every(({ standardError }) => Number.isNaN(standardError))).toBe(true);
  });

  it("a lost device costs the draws, not the answers", async () => {
    await asking.start(options);
    const before = await answer(a, "1.5");
    (await workspace.gpu()).device.destroy();
    const after = await asking.unknown(b);
    expect(after).toMatchObject({ known: before.known, unknown: [b] });
    expect(after.predictions.map(({ step }) => step?.kind)).toEqual([undefined, "answer", "unknown"]);
    expect(Math.abs(Math.log(widthOf(after) / widthOf(before)))).toBeLessThan(0.5);
  });

  it("how the error falls, by information and at random, over some rows; it can be stopped", async () => {
    const seen: number[] = [];
    const settings = { rows: 12, draws: 60, steps: 10, orders: 2, seed: 0 };
    const curve = (await asking.curve(settings, (done) => seen.push(done)))!;
    expect(curve).toMatchObject({ rows: 12, errorName: "RMSE" });
    expect(curve.byInformation.error).toHaveLength(5);
    expect(curve.byInformation.error[1]).toBeLessThan(curve.byInformation.error[0]);
    expect(seen.at(-1)).toBe(15);
    expect(await asking.curve(settings, () => asking.stopCurve())).toBeUndefined();
  });

  it("ends with the model it is about; a model without target has nothing to ask for", async () => {
    await asking.start(options);
    workspace.setModel(await modelOf("VAEM", { marginalSteps: 1, viSteps: 1 }, []));
    await expect(asking.unknown(a)).rejects.toThrow("the model is another one now; start again.");
    await expect(asking.unknown(a)).rejects.toThrow("the questions have ended; start again.");
    await expect(asking.start(options)).rejects.toThrow("the model has no target");
  });
});
