import { Option, type Command } from "commander";
import { methods, openLoop, type AcquisitionLoop, type AcquisitionState, type Method, type StopReason } from "../../acquisition/index.ts";
import { absentFeatures, codeTable, decodeValue, expectedText, featureColumns, formatValue, targetColumns, type Column, type Schema } from "../../data/index.ts";
import { loadModel, type Estimator, type KnownRows } from "../../model/index.ts";
import { withDevice } from "../device.ts";
import { fraction, notNegative, positive, wholeFrom } from "../flags/parsers.ts";
import { defaultCostFlag, estimatorFlag, examples, newCommand, tableFlags } from "../flags/shared.ts";
import { costsOf } from "../inputs/costs.ts";
import { loadTable, rowAtLine, type TableOptions } from "../inputs/tables.ts";
import { readModelAt } from "../models/model-paths.ts";
import { readAnswer } from "../prompt/prompt-answer.ts";
import { PromptLines } from "../prompt/prompt-lines.ts";
import { candidateLines, helpText, predictionLines, questionLines, reasonText } from "../prompt/prompt-view.ts";
import { UsageError } from "../usage-error.ts";

interface AskOptions extends TableOptions {
  table?: string;
  /** Line of the file, as the table counts them: 1 is the header. */
  row?: number;
  method: Method;
  estimator?: Estimator;
  costs?: string;
  defaultCost?: number;
  budget?: number;
  minGain: number;
  width?: number;
  sure: number;
  draws: number;
  interval: number;
  seed: number;
  json?: boolean;
}

/** `hhvaem ask`: asks for one value after another, the one that tells most about the target first, until it is sure. */
export function askCommand(program: Command): void {
  tableFlags(newCommand(program, "ask <model>", "ask for one value after another, the most telling first, and predict the target after each"))
    .option("--table <file>", "start from a row of this table instead of from nothing")
    .addOption(new Option("--row <n>", "the row, as a line of the file (1 is the header); of a Parquet file, its number").argParser(wholeFrom(1)))
    .addOption(new Option("--method <name>", "how the next value is chosen").choices([...methods]).default("mi"))
    .addOption(estimatorFlag())
    .option("--costs <file>", "what each feature costs: lines of feature,cost or a JSON object; gains count per cost")
    .addOption(defaultCostFlag())
    .option("--budget <x>", "end when nothing that is left fits into it (without --costs, every value costs 1)", notNegative)
    .option("--min-gain <nats>", "end when no value is expected to tell this much about the target", notNegative, 0.01)
    .option("--width <w>", "end when the first continuous target's interval is narrower than this", positive)
    .option("--sure <p>", "end when the most probable level of a discrete target has this probability", fraction, 0.95)
    .option("--draws <m>", "posterior draws", wholeFrom(2), 1000)
    .option("--interval <p>", "mass of the central interval", fraction, 0.9)
    .addHelpText("after", examples("hhvaem ask model", "hhvaem ask model --table cars.csv --row 12 --budget 3"))
    .action(run);
}

async function run(path: string, options: AskOptions): Promise<void> {
  const files = await readModelAt(path);
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, files);
    const features = featureColumns(model.schema);
    if (targetColumns(model.schema).length === 0) throw new UsageError("the model has no target to ask for; train it with --target COLUMN.");
    const known = await startingRow(model.schema, options);
    const costs = await costsOf(options, features, (column) => known.observed[column] !== 1);
    const { method, estimator, budget, minGain, width, draws, interval, seed } = options;
    // the gain is compared with a threshold near 0, where the histograms' bias matters
    const loop = await openLoop(model.conditional(), known, { method, estimator, draws, seed, interval, costs, absent: absentFeatures(model.schema), budget, width, minimalGain: minGain, biasCorrection: true });
    // with --json, standard output is for the states
    const output = options.json ? process.stderr : process.stdout;
    const lines = new PromptLines(output);
    try {
      await new Conversation(loop, lines, output, model.schema, options, costs !== undefined).run();
    } finally {
      lines.close();
      loop.destroy();
    }
  });
}

/** The row to start from: nothing known, or the row on line N of a table. */
async function startingRow(schema: Schema, options: AskOptions): Promise<KnownRows> {
  const d = featureColumns(schema).length;
  if ((options.table === undefined) !== (options.row === undefined)) throw new UsageError("--table FILE and --row N go together.");
  if (options.table === undefined || options.row === undefined) return { rows: 1, x: new Float32Array(d), observed: new Float32Array(d) };
  const table = await loadTable(options.table, { ...options, before: schema.reading });
  const coded = codeTable(table, schema, { rows: [rowAtLine(table, options.row)], source: options.table });
  for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
  return { rows: 1, x: coded.x, observed: coded.observedX, ...(coded.keptX && { absent: coded.keptX }) };
}

class Conversation {
  private readonly features: Column[];
  private readonly targets: Column[];

  constructor(
    private readonly loop: AcquisitionLoop,
    private readonly lines: PromptLines,
    private readonly output: NodeJS.WriteStream,
    schema: Schema,
    private readonly options: AskOptions,
    private readonly costly: boolean,
  ) {
    this.features = featureColumns(schema);
    this.targets = targetColumns(schema);
  }

  async run(): Promise<void> {
    const wanted = this.targets.map(({ name }) => name).join(", ");
    this.say(`To predict ${wanted}, I ask for one value after another, the most telling one first. Type help for help, quit to end.\n\n`);
    let before: AcquisitionState | undefined;
    for (;;) {
      const state = await this.loop.state();
      const reason = state.stop ?? (this.isSure(state) ? "sure" : undefined);
      if (reason) return this.end(state, reason);
      if (state !== before) this.show(state);
      before = state;
      const asked = state.next[0];
      const line = await this.lines.ask(`${this.features[asked].name}? `);
      if (line === undefined || !this.take(line, asked, state)) return this.end(state, "quit");
    }
  }

  /** Does what the line says; false: to end. */
  private take(line: string, asked: number, state: AcquisitionState): boolean {
    const open = (column: number): boolean => state.observed[column] !== 1 && !state.unknown.includes(column);
    const answer = readAnswer(line, asked, this.features, open);
    if (answer.kind === "problem") this.say(`  ${answer.message}\n`);
    else if (answer.kind === "value") {
      if (answer.note) this.say(`  note: ${answer.note}\n`);
      this.loop.answerCoded(answer.column, answer.value);
    } else if (answer.command === "quit") return false;
    else if (answer.command === "help") this.say(`  ${this.features[asked].name}: ${expectedText(this.features[asked])}.\n${helpText}`);
    else if (answer.command === "list") this.say(candidateLines(state, this.costly));
    else if (answer.command === "unknown") this.loop.unknown(asked);
    else if (!this.loop.back()) this.say("  there is no answer to take back.\n");
    return true;
  }

  private isSure({ prediction }: AcquisitionState): boolean {
    const discrete = prediction.filter(({ probabilities }) => probabilities !== undefined);
    return discrete.length === prediction.length && discrete.every(({ probabilities }) => Math.max(...probabilities!) >= this.options.sure);
  }

  private show(state: AcquisitionState): void {
    this.predictions(state);
    if (this.options.json) process.stdout.write(`${JSON.stringify(this.toJson(state))}\n`);
    this.say(questionLines(state, this.costly));
  }

  private predictions(state: AcquisitionState): void {
    for (const [i, cell] of state.prediction.entries()) this.say(predictionLines(this.targets[i], cell, this.options.interval));
  }

  private end(state: AcquisitionState, reason: StopReason | "sure" | "quit"): void {
    const { minGain: minimalGain, width, sure, budget } = this.options;
    const given = state.answered.map((column) => `${this.features[column].name} = ${this.valueOf(state, column)}`);
    this.say(`\n${reasonText(reason, { minimalGain, width, sure, budget })}\n`);
    this.say(given.length === 0 ? "No value was given.\n" : `Given: ${given.join(", ")}${this.costly ? `; spent ${state.spent}` : ""}.\n`);
    this.predictions(state);
    if (this.options.json) process.stdout.write(`${JSON.stringify({ ...this.toJson(state), end: reason })}\n`);
  }

  private valueOf(state: AcquisitionState, column: number): string {
    return formatValue(this.features[column], decodeValue(this.features[column], state.x[column]));
  }

  private toJson(state: AcquisitionState): object {
    const prediction = state.prediction.map(({ value, sd, lower, upper, probabilities }, i) => {
      const target = this.targets[i];
      if (!probabilities) return { target: target.name, value, sd, lower, upper };
      return { target: target.name, value: target.categories![value], probabilities: Object.fromEntries(probabilities.map((p, level) => [target.categories![level], p])) };
    });
    const answered = Object.fromEntries(state.answered.map((column) => [this.features[column].name, this.valueOf(state, column)]));
    const candidates = state.candidates.map(({ name, gain, standardError, cost, expectedWidth }) => ({ name, gain, standardError: Number.isNaN(standardError) ? null : standardError, cost, expectedWidth }));
    return { ask: state.next.map((column) => this.features[column].name)[0] ?? null, prediction, candidates, answered, unknown: state.unknown.map((column) => this.features[column].name), spent: state.spent };
  }

  private say(text: string): void {
    this.output.write(text);
  }
}
