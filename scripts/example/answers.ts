import { parseTable } from "../../src/data/index.ts";
import { unpackModel } from "../../src/model/index.ts";
import { verdictOf } from "../../src/model/check/verdict.ts";
import { AnswersPart } from "../../src/web/engine/filled/answers-part.ts";
import { AskingPart } from "../../src/web/engine/ask/asking-part.ts";
import type { CellPosterior } from "../../src/web/engine/filled/filled-cell.ts";
import { openDevice } from "../../src/gpu/open-dawn.ts";
import { Workspace } from "../../src/web/engine/workspace.ts";
import type { ExampleAnswers } from "../../src/web/engine/example-answers.ts";

/** Rows that are shown, those with two holes or more first met. */
const shownRows = 5;

/** What a model says of the example's table: rows that it fills, and what two answers do to a prediction. */
export async function exampleAnswers(model: Uint8Array, bytes: Uint8Array<ArrayBuffer>): Promise<ExampleAnswers> {
  const workspace = new Workspace(() => openDevice());
  const raw = parseTable(bytes);
  workspace.table = { name: "cars.csv", raw, bytes, options: {} };
  workspace.setModel(unpackModel(model, "cars.hhvaem"));
  const answers = new AnswersPart(workspace);
  const filled = (await answers.fill({ draws: 200, interval: 0.9, seed: 0 }, () => {}))!;
  const holesOf = (row: number): number => raw.columns.filter((_, j) => j > 0 && raw.cell(row, j) === "").length;
  const rows = [...answers.order({ onlyHoles: true, by: "table" }).rows].filter((row) => holesOf(row) >= 2).slice(0, shownRows);
  const asking = new AskingPart(workspace);
  const { schema, check } = await workspace.model();
  const features = schema.columns.filter(({ role }) => role === "feature").map(({ name }) => name);
  const target = (posterior: CellPosterior) => {
    if (posterior.kind !== "continuous") throw new Error("the example's target is a number.");
    const { value, lower, upper } = posterior;
    return { value, lower, upper };
  };
  const limits = { method: "mi", draws: 500, interval: 0.9, seed: 0, minimalGain: 0.01 } as const;
  const state = await asking.start({ without: [], ...limits });
  const steps: ExampleAnswers["steps"] = [{ ...target(state.predictions[0].targets[0]), next: features[state.next!] }];
  let next = state.next!;
  for (const text of ["2130", "82"]) {
    const given = next === features.indexOf("weight (lb)") || next === features.indexOf("year") ? next : features.indexOf(text === "2130" ? "weight (lb)" : "year");
    const answered = await asking.answer(given, text);
    if (!("state" in answered)) throw new Error(answered.problem);
    const { predictions } = answered.state;
    next = answered.state.next ?? -1;
    steps.push({ ...target(predictions.at(-1)!.targets[0]), answered: { name: features[given], text }, ...(next >= 0 && { next: features[next] }) });
  }
  await asking.end();
  const columns = [...raw.columns];
  return { rows: raw.rows, holes: filled.cells, columns, shown: answers.rows(rows).map((line, i) => ({ row: rows[i], cells: line.map((cell) => (typeof cell === "string" ? cell : { text: cell.text, uncertainty: Number(cell.uncertainty.toFixed(2)), ...(cell.between && { between: cell.between }) })) })), target: "economy (mpg)", steps, verdict: verdictOf(check).title, checked: check!.rows };
}
