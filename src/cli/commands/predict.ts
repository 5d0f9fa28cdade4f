import type { Command } from "commander";
import type { Model } from "../../model/index.ts";
import { examples, newCommand, tableFlags } from "../flags/shared.ts";
import { predictTable, targetsOf } from "../models/answers.ts";
import { readModelAt } from "../models/model-paths.ts";
import { outputName, say, writeColumnsTo } from "../output/table-output.ts";
import { answerFile, answerFlags, type AnswerOptions } from "../stream/answer-file.ts";
import { partsText } from "../stream/answer-in-parts.ts";

/** `hhvaem predict`: one line per row and target. */
export function predictCommand(program: Command): void {
  answerFlags(tableFlags(newCommand(program, "predict <model> <table>", "predict the target of every row from what is known of it")))
    .addHelpText("after", examples("hhvaem predict model cars.csv -o predictions.csv"))
    .action(run);
}

async function run(modelPath: string, path: string, options: AnswerOptions): Promise<void> {
  const { draws, interval, seed, sampler, point } = options;
  const settings = { draws, interval, seed, sampler, point };
  const files = await readModelAt(modelPath);
  const tell = (summary: { rows: number }, names: string, how = ""): void => {
    if (options.json) say(options.output, JSON.stringify({ ...summary, output: options.output }));
    else say(options.output, `predicted ${names} for ${summary.rows} rows${how}; ${outputName(options.output)}`);
  };
  const namesOf = (model: Pick<Model, "schema">): string => targetsOf(model.schema).map((column) => column.name).join(", ");
  await answerFile(
    { task: "predict", model: modelPath, files, data: path, options, settings: { ...settings, completions: 0 } },
    async (model, table, coded, line) => {
      const names = namesOf(model);
      const { lines, summary } = await predictTable(model, table, coded, settings, { onProgress: (done, rows) => line.update("predicting rows", done, rows) });
      line.done();
      await writeColumnsTo(options.output, lines);
      tell(summary, names);
    },
    ({ imputed: _, ...summary }, model) => tell(summary, namesOf(model), `, ${partsText({ ...summary, imputed: 0 })}`),
  );
}
