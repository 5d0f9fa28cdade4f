import { Option, type Command } from "commander";
import { codeTable, featureColumns, targetColumns } from "../../data/index.ts";
import { loadModel, type FileSet, type Model, type Shift } from "../../model/index.ts";
import { assumption, shiftPlotSvg } from "../../report/index.ts";
import { withDevice } from "../device.ts";
import { collect, fraction, wholeFrom } from "../flags/parsers.ts";
import { examples, forceFlag, keepMissingFlag, newCommand, samplerFlag, tableFlags } from "../flags/shared.ts";
import { parseShiftRange, parseShifts, type ShiftRange } from "../flags/shifts.ts";
import { checkOutputPath, shownName, writeOutput } from "../inputs/files.ts";
import { loadTable, readingOf, schemaOf, withKept, type TableOptions } from "../inputs/tables.ts";
import type { AnswerSettings } from "../models/answers.ts";
import { filesOfModel, readModelAt } from "../models/model-paths.ts";
import { checkPlaces } from "../output/places.ts";
import { ProgressLine } from "../output/progress.ts";
import { writeColumnsTo } from "../output/table-output.ts";
import { CompletedTables } from "../sensitivity/completed.ts";
import { curveColumns, curvePanel, curveText, headText } from "../sensitivity/result.ts";
import { parseSummary, type Summary } from "../sensitivity/summary.ts";
import { sensitivityCurve, type Curve } from "../sensitivity/tipping.ts";
import { UsageError } from "../usage-error.ts";

interface SensitivityOptions extends TableOptions, Pick<AnswerSettings, "draws" | "seed" | "sampler"> {
  shift: string[];
  summary: string[];
  completions: number;
  reference?: number;
  level: number;
  output?: string;
  plot?: string;
  json?: boolean;
  force?: boolean;
  keepMissing?: string[];
}

/** The shift that goes over a range, those of other columns, and the results. */
interface Asked {
  range: ShiftRange;
  fixed: Shift[];
  summaries: Summary[];
}

/** `hhvaem sensitivity`: how a pooled result changes if what is filled in is moved, and where it tips. */
export function sensitivityCommand(program: Command): void {
  tableFlags(newCommand(program, "sensitivity <model> <table>", "how a pooled result changes if what is missing is not missing at random, and where it tips (delta adjustment)"))
    .addOption(new Option("--shift <column=from..to>", "moves what is filled in over a range: COLUMN=-1000..0, COLUMN=*0.5..1 by factors, COLUMN=LEVEL-2..2 by the log-odds of a level, of an ordered column COLUMN=higher-1..1; :9 behind it asks for nine shifts (default: 11). May be repeated with a single shift (COLUMN=-500) of other columns").argParser(collect).makeOptionMandatory())
    .addOption(new Option("--summary <what>", "the result: mean:COLUMN, share:COLUMN=LEVEL, slope:Y~X for the coefficient of X in a linear regression, slope:Y~X+Z beside Z; may be repeated").argParser(collect).makeOptionMandatory())
    .option("--completions <m>", "completed tables, drawn once", wholeFrom(2), 20)
    .option("--reference <x>", "what the result is held against, such as 0: the tipping point is where the interval begins, or ceases, to hold it", anyNumber)
    .option("--level <p>", "mass of the intervals", fraction, 0.95)
    .option("--draws <m>", "posterior draws per row", wholeFrom(1), 200)
    .addOption(samplerFlag())
    .addOption(keepMissingFlag())
    .option("-o, --output <file>", "also write the figures: summary, shift, estimate, std.error, df, p.value, conf.low, conf.high, fmi, cut")
    .addOption(forceFlag())
    .option("--plot <file.svg>", "also draw them, with the interval, the reference and the tipping points")
    .addHelpText("after", `${examples("hhvaem sensitivity model survey.csv --shift income=-1000..0 --summary mean:income", 'hhvaem sensitivity model survey.csv --shift income=*0.5..1:6 --summary "slope:health~income+age" --reference 0 --plot tipping.svg')}\n\n${assumption}`)
    .action(run);
}

function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new UsageError(`--reference ${text}: expected a number, such as 0.`);
  return value;
}

async function run(modelPath: string, path: string, options: SensitivityOptions): Promise<void> {
  const { completions, draws, seed, sampler, level, reference, output, plot, force } = options;
  if (plot !== undefined && !/\.svg$/i.test(plot)) throw new UsageError(`--plot ${plot}: the plot is SVG; expected a name that ends in .svg.`);
  for (const file of [output, plot]) if (file !== undefined) checkOutputPath(file);
  await checkPlaces({ reads: { "the table itself": path, "the model itself": await filesOfModel(modelPath) }, writes: { "--output": output, "--plot": plot }, force });
  const files = await readModelAt(modelPath);
  const asked = read(files, options);
  const table = await loadTable(path, { ...options, before: readingOf(files) });
  const used = asked === undefined ? [] : [asked.range.column.name, ...asked.fixed.map(({ column }) => column), ...asked.summaries.flatMap(({ columns }) => columns.map(({ name }) => name))];
  const absent = used.find((name) => !table.columns.includes(name));
  if (absent !== undefined) throw new UsageError(`${shownName(path)} has no column "${absent}", so that nothing of it is observed; leave it out, or give a table with it.`);
  await withDevice(async (gpu) => {
    const model = await loadModel(gpu, files);
    const coded = codeTable(table, withKept(model.schema, options.keepMissing), { source: shownName(path) });
    for (const warning of coded.warnings) process.stderr.write(`warning: ${warning}\n`);
    const { range, fixed, summaries } = asked!;
    const line = new ProgressLine();
    const found = await model.impute(coded, {
      // levels' frequencies among joint draws are counted where a shift names them; this one moves nothing
      shifts: [range.of(range.none), ...fixed.map(unmoved)],
      draws, seed, sampler, completions, targets: true, onProgress: (done, rows) => line.update("imputing rows", done, rows),
    });
    line.done();
    const tables = new CompletedTables(model, coded, found, seed);
    const curves = summaries.map((summary) => sensitivityCurve(tables, summary, { range, fixed, level, reference }));
    if (output !== undefined) await writeColumnsTo(output, curveColumns(curves));
    if (plot !== undefined) await writeOutput(plot, await shiftPlotSvg(curves.map((curve) => curvePanel(curve, range, { level, reference }))));
    tell(curves, tables, model, asked!, options);
  });
}

/** What is asked for; undefined for a model without a schema, which cannot be read. Throws UsageError. */
function read(files: FileSet, options: SensitivityOptions): Asked | undefined {
  const schema = schemaOf(files);
  if (schema === undefined) return undefined;
  const ranges = options.shift.map((text) => ({ text, range: parseShiftRange(text, schema) }));
  const [first, ...more] = ranges.filter(({ range }) => range !== undefined);
  if (first === undefined) throw new UsageError(`--shift ${options.shift[0]}: expected a range, such as COLUMN=-1000..0 or COLUMN=*0.5..1.`);
  if (more.length > 0) throw new UsageError(`--shift ${more[0].text}: a second range; expected one, and single shifts (COLUMN=-500) of other columns.`);
  const fixed = parseShifts(ranges.filter(({ range }) => range === undefined).map(({ text }) => text), schema, true);
  const columns = [...featureColumns(schema), ...targetColumns(schema)];
  return { range: first.range!, fixed, summaries: options.summary.map((text) => parseSummary(text, columns)) };
}

/** The same kind of shift by nothing. */
function unmoved(shift: Shift): Shift {
  if ("add" in shift) return { ...shift, add: 0 };
  if ("multiply" in shift) return { ...shift, multiply: 1 };
  return "higher" in shift ? { ...shift, higher: 0 } : { ...shift, logOdds: 0 };
}

function tell(curves: readonly Curve[], tables: CompletedTables, model: Model, { range, summaries }: Asked, { completions, level, reference, json, output, plot }: SensitivityOptions): void {
  const filled = tables.filled(range.column);
  if (json) {
    const shift = { column: range.column.name, from: range.from, to: range.to, none: range.none, filled };
    return void process.stdout.write(`${JSON.stringify({ completions, level, reference: reference ?? null, preset: model.config.preset, shift, summaries: curves, output, plot })}\n`);
  }
  const written = [output, plot].filter((file) => file !== undefined).map((file) => `\n${file}`).join("");
  process.stdout.write(`${headText(range, filled, completions)}${curves.map((curve, i) => `\n${curveText(curve, range, { level, reference }, summaries[i].valueText)}`).join("")}${written}${written === "" ? "" : "\n"}`);
}
