import { Command, InvalidArgumentError, Option } from "commander";
import { estimators, methods } from "../acquisition/index.ts";
import { baselines } from "../experiments/index.ts";
import { pixelKinds } from "../data/index.ts";
import { architectures, defaultSchedule, hmcGradients, presets, presetSchedule, samplers } from "../model/index.ts";
import { acquireCommand } from "./commands/acquire.ts";
import { askCommand } from "./commands/ask.ts";
import { convertCommand } from "./commands/convert.ts";
import { dataFetchCommand } from "./commands/data-fetch.ts";
import { dataListCommand } from "./commands/data-list.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { experimentImagesCommand } from "./commands/experiment/experiment-images.ts";
import { experimentReportCommand } from "./commands/experiment/experiment-report.ts";
import { experimentStatusCommand } from "./commands/experiment/experiment-status.ts";
import { experimentSaiaCommand } from "./commands/experiment/experiment-saia.ts";
import { experimentTablesCommand } from "./commands/experiment/experiment-tables.ts";
import { imputeCommand, predictCommand } from "./commands/impute.ts";
import { inpaintCommand, masksHelp } from "./commands/inpaint.ts";
import { reportCommand } from "./commands/report.ts";
import { schemaCommand } from "./commands/schema.ts";
import { trainCommand } from "./commands/train.ts";
import { verifyReferenceCommand } from "./commands/verify-reference.ts";
import { webCommand } from "./commands/web.ts";
import { workerCommand } from "./commands/worker.ts";
import { usualImageScale } from "./images/picture-model.ts";

/** The command line; errors are thrown, not printed, so that one place decides on the exit code. */
export function buildProgram(): Command {
  const program = new Command("hhvaem")
    .description("Fills the holes of a table with honest uncertainty, and predicts a target from incomplete rows.\nDeep hierarchical models and Hamiltonian Monte Carlo (HH-VAEM, NeurIPS 2022) on WebGPU; the data stays on this machine.")
    .option("--debug", "show stacks of errors")
    .exitOverride()
    .showHelpAfterError("(see hhvaem --help)")
    .addHelpText("after", "\nHHVAEM_TUNING=off takes matrix kernels by rule; on (the default) measures large ones once for each adapter; refresh measures them anew.");

  command(program, "doctor", "show adapter, driver, limits and features, and try a computation").action(doctorCommand);

  schemaFlags(tableFlags(command(program, "schema <table>", "infer the columns' types; write them to a file to edit")))
    .addOption(target())
    .option("-o, --output <file>", "write the schema here")
    .addHelpText("after", example("hhvaem schema cars.csv --target 'economy (mpg)' -o schema.json", "hhvaem schema cars.csv --type cylinders=categorical --type name=ignore"))
    .action(schemaCommand);

  pictureModelFlags(splitFlags(schemaFlags(tableFlags(command(program, "train <table>", "train a model on a table with missing cells, or on pictures: an IDX file, a folder of PNG and JPEG files")))))
    .addOption(target())
    .requiredOption("--out <dir>", "folder of the model")
    .addOption(new Option("--preset <name>", "which model: best mixes the proper model, completion networks and a mixture of Gaussians; paper (HHVAEM) and the rest of its family; proper; conditional (default: best; for pictures HHVAE)").choices(Object.keys(presets)))
    .option("--marginal-steps <n>", `steps of the marginal VAEs, presets that end in M (default: ${defaultSchedule.marginalSteps})`, wholeFrom(1))
    .option("--vi-steps <n>", `steps by the ELBO (default: ${defaultSchedule.viSteps}, without marginal VAEs ${presetSchedule(presets.best).viSteps})`, wholeFrom(1))
    .option("--hmc-steps <n>", `steps by HMC, presets with HMC (default: ${defaultSchedule.hmcSteps}, without marginal VAEs ${presetSchedule(presets.best).hmcSteps})`, wholeFrom(0))
    .option("--completion-steps <n>", `steps of the completion network at most, presets best and conditional (default: ${defaultSchedule.completionSteps})`, wholeFrom(0))
    .addOption(new Option("--hmc-gradient <kind>", "stage 3: gradients inside the leapfrog constant, as the authors do, or exact, several times slower").choices(hmcGradients).default("frozen"))
    .option("--entropy", "stage 3: the entropy of the chains' distribution in the objective, from 10 chains a row (the authors leave it out)")
    .option("--batch <n>", `rows of a step (default: ${defaultSchedule.batch})`, wholeFrom(1))
    .addOption(new Option("--latents <sizes>", "sizes of the latent layers, the one next to the data first, such as 10,5 (default: the preset's)").argParser(sizes))
    .option("--transitions <t>", "transitions of an HMC chain (default: the preset's)", wholeFrom(1))
    .option("--importance-samples <k>", "samples of the importance-weighted bound, presets MIWAE and MIWAEM (default: the preset's)", wholeFrom(1))
    .option("--no-report", "without DIR/report.html, a page about the model and its table (of pictures DIR/inpainted.png)")
    .option("--checkpoint-seconds <s>", "time between checkpoints", positive, 10)
    .option("--resume", "go on from the last checkpoint in the folder")
    .option("--force", "replace what the folder holds")
    .addHelpText("after", example("hhvaem train cars.csv --target 'economy (mpg)' --out model", "hhvaem train boston.csv --target medv --splits splits.csv.gz --fold 0 --out boston", "hhvaem train train-images-idx3-ubyte.gz --pixels binary --out digits", "hhvaem train photos --size 64 --colour --out faces"))
    .action(trainCommand);

  imageFlags(command(program, "inpaint <model> <images>", "hide a part of pictures and draw what the model puts there: originals, draws by HMC and by the encoder, mean and deviation"))
    .requiredOption("--mask <kind>", "what is hidden: one of the masks below, or a picture that is dark where pixels are hidden")
    .requiredOption("-o, --output <file>", "the picture, PNG")
    .option("--draws <n>", "draws to show of each way", wholeFrom(1), 4)
    .option("--posterior-draws <n>", "draws behind mean and deviation", wholeFrom(1), 100)
    .option("--pictures <list>", "which pictures, by number from 0 or by name, separated by commas", list)
    .option("--count <n>", "else the first n", wholeFrom(1), 8)
    .addHelpText("after", masksHelp + "\n" + example("hhvaem inpaint digits t10k-images-idx3-ubyte.gz --mask half:right -o digits.png", "hhvaem inpaint faces photos --size 64 --colour --mask strokes --draws 8 -o faces.png"))
    .action(inpaintCommand);

  answerFlags(tableFlags(command(program, "impute <model> <table>", "fill the missing feature cells; observed cells come back byte for byte")))
    .option("--cells <file>", "also write a line per filled cell: value, deviation, interval, probabilities")
    .option("--targets", "fill missing cells of the target too, jointly with the features")
    .option("--hide-targets", "fill the features without a look at the target: for tables from which it is to be predicted (default: what is known of it informs the holes, as an analysis of the filled table needs)")
    .option("--completions <k>", "also write K completed tables, each a joint draw, for multiple imputation (OUT.1.csv, ...)", wholeFrom(0), 0)
    .addHelpText("after", example("hhvaem impute model cars.csv -o filled.csv --cells cells.csv"))
    .action(imputeCommand);

  answerFlags(tableFlags(command(program, "predict <model> <table>", "predict the target of every row from what is known of it")))
    .addHelpText("after", example("hhvaem predict model cars.csv -o predictions.csv"))
    .action(predictCommand);

  tableFlags(command(program, "acquire <model> <table>", "rank the missing values of a row by how much they would tell about the target"))
    .addOption(new Option("--row <n>", "the row on this line of the file (the header is line 1); of a Parquet file, the row of this number").argParser(wholeFrom(1)))
    .option("--all", "every row")
    .addOption(new Option("--method <name>", "mutual information, the encoder's Gaussian reward, the largest variance, or at random").choices([...methods]).default("mi"))
    .option("--costs <file>", "what each feature costs: CSV lines column,cost or a JSON object; ranks by gain per cost")
    .option("--budget <x>", "leave out what costs more than this", notNegative)
    .option("--batch <k>", "values to acquire together, by their joint information", wholeFrom(1), 1)
    .option("--min-gain <nats>", "stop when nothing gains this much", notNegative)
    .option("--width <w>", "stop when the target's interval is narrower, in its own units", positive)
    .option("--draws <n>", "posterior draws per row", wholeFrom(2), 1000)
    .option("--interval <p>", "mass of the central interval", fraction, 0.9)
    .addOption(estimator())
    .option("--bins <n>", "bins of a continuous variable, for --estimator paper and for batches", wholeFrom(2), 5)
    .option("--bias-correction", "--estimator paper: subtract the bias of histogram entropies (Miller-Madow)")
    .option("--kraskov", "also estimate by nearest neighbours, for comparison (continuous pairs)")
    .option("--top <n>", "show so many candidates of a row", wholeFrom(1), 10)
    .addHelpText("after", example("hhvaem acquire model cars.csv --row 12", "hhvaem acquire model patients.csv --all --costs costs.csv --budget 50 --batch 2 --json"))
    .action(acquireCommand);

  imageFlags(splitFlags(tableFlags(command(program, "evaluate <model> <table>", "hide cells of a table or a part of pictures, and the target, and score the answers"))))
    .option("--mask <kind>", "what is hidden of pictures: a mask as of `hhvaem inpaint` (default: random:0.5)")
    .option("--draws <n>", "posterior draws per row", wholeFrom(1), 1000)
    .addOption(sampler())
    .addHelpText("after", example("hhvaem evaluate boston boston.csv --splits splits.csv.gz --fold 0 --json", "hhvaem evaluate digits t10k-images-idx3-ubyte.gz --mask half:right --draws 100"))
    .action(evaluateCommand);

  splitFlags(tableFlags(command(program, "report <model> <table>", "one page to look at: what is missing, what was filled in, whether the intervals are right, how the training went")))
    .requiredOption("-o, --output <file>", "the page, HTML in one file")
    .option("--draws <n>", "posterior draws per row", wholeFrom(10), 100)
    .option("--rows <n>", "rows to fill and to test at most", wholeFrom(1), 300)
    .addHelpText("after", example("hhvaem report model cars.csv -o report.html", "hhvaem report boston boston.csv --splits splits.csv.gz --fold 0 -o boston.html"))
    .action(reportCommand);

  tableFlags(command(program, "ask <model>", "ask for one value after another, the most telling first, and predict the target after each"))
    .option("--table <file>", "start from a row of this table instead of from nothing")
    .addOption(new Option("--row <n>", "the row, as a line of the file (1 is the header); of a Parquet file, its number").argParser(wholeFrom(1)))
    .addOption(new Option("--method <name>", "how the next value is chosen").choices([...methods]).default("mi"))
    .addOption(estimator())
    .option("--costs <file>", "what each feature costs: lines of feature,cost or a JSON object; gains count per cost")
    .option("--budget <x>", "end when nothing that is left fits into it (without --costs, every value costs 1)", notNegative)
    .option("--min-gain <nats>", "end when no value is expected to tell this much about the target", notNegative, 0.01)
    .option("--width <w>", "end when the first continuous target's interval is narrower than this", positive)
    .option("--sure <p>", "end when the most probable level of a discrete target has this probability", fraction, 0.95)
    .option("--draws <m>", "posterior draws", wholeFrom(2), 1000)
    .option("--interval <p>", "mass of the central interval", fraction, 0.9)
    .addHelpText("after", example("hhvaem ask model", "hhvaem ask model --table cars.csv --row 12 --budget 3"))
    .action(askCommand);

  command(program, "convert <model>", "write a model folder as one file, or one file as a folder; every command takes both")
    .requiredOption("-o, --output <path>", "a file whose name ends in .hhvaem, or a folder")
    .option("--force", "replace what is there")
    .addHelpText("after", example("hhvaem convert model -o cars.hhvaem", "hhvaem convert cars.hhvaem -o model"))
    .action(convertCommand);

  const experiment = program.command("experiment").description("experiments of the paper on a table of yours").showHelpAfterError("(see hhvaem experiment --help)");
  pictureModelFlags(schemaFlags(tableFlags(command(experiment, "saia", "acquire values of test rows, or pixels of test pictures, a few at a time: error and log-likelihood of the target after each time; the same command goes on after an interruption"))))
    .requiredOption("--data <file>", "a table, or pictures: an IDX file or a folder")
    .addOption(target())
    .option("--splits <file>", "tables: folds, a line per row with `fold` and 1 or 0 per feature")
    .option("--folds <list>", "tables: folds to test, such as 0-9 or 0,3 (default: all)")
    .option("--test <images>", "pictures to test on (default: some are held back)")
    .option("--test-labels <file>", "their labels")
    .option("--test-rows <n>", "pictures to test on (default: 50)", wholeFrom(1))
    .option("--models <list>", `presets, separated by commas: ${Object.keys(presets).join(", ")} (default: HHVAEM,VAEM; pictures: HHVAE,VAE)`, list)
    .option("--methods <list>", `${methods.join(", ")}; MODEL:METHOD for one model alone`, list, ["mi", "random"])
    .requiredOption("--out <dir>", "folder of models, results, tables and plots")
    .option("--at-once <k>", "values to acquire before draws are made anew: those with the highest rewards, each by itself, as the authors do (default: 1; pictures: 10)", wholeFrom(1))
    .option("--steps <n>", "how often values are acquired (default: until all are; pictures: 20)", wholeFrom(1))
    .option("--marginal-steps <n>", `tables: steps of stage 1, the marginal VAEs (default: ${defaultSchedule.marginalSteps})`, wholeFrom(1))
    .option("--vi-steps <n>", `steps of stage 2, by the bound (default: ${defaultSchedule.viSteps}; pictures: by --scale)`, wholeFrom(1))
    .option("--hmc-steps <n>", `steps of stage 3, by HMC (presets with HMC; default: ${defaultSchedule.hmcSteps}; pictures: by --scale)`, wholeFrom(0))
    .option("--batch <n>", `rows of a training step (default: ${defaultSchedule.batch})`, wholeFrom(1))
    .option("--draws <n>", "posterior draws per row", wholeFrom(2), 200)
    .option("--random-orders <n>", "orders that the method random is averaged over (default: 3; pictures: 1)", wholeFrom(1))
    .option("--report <file>", "also write a report in Markdown, with its plot beside it")
    .addHelpText("after", `
Pixels are acquired to predict the label. A pixel comes with all its channels, at the reward of its most telling one.
The method gaussian runs the encoder for every pixel in turn, which takes long.
` + example("hhvaem experiment saia --data boston.csv --target medv --splits splits.csv.gz --folds 0-1 \\", "    --models HHVAEM,VAEM --methods mi,HHVAEM:random,VAEM:gaussian --out saia-boston --report saia.md",
      "hhvaem experiment saia --data train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz --pixels binary --at-once 10 --out saia-mnist"))
    .action(experimentSaiaCommand);
  command(experiment, "tables", "train every preset on every fold of every table and score it; the same command goes on after an interruption", { seed: false })
    .requiredOption("--data <dir>", "folder with a folder per table, each with data.csv (or .csv.gz, .parquet) and splits.csv; or one table's folder")
    .option("--tables <list>", "tables, separated by commas (default: those of the paper that the folder has)", list)
    .option("--settings <file>", "target, latents, transitions, steps and batch of further tables, or others of the paper's: a JSON object per table")
    .option("--folds <list>", "folds to test, such as 0-9 or 0,3 (default: all)")
    .option("--variants <file>", 'methods of your own, for --presets and --against: JSON {"NAME": {"preset": ..., "config": {...}, "schedule": {...}}} with the settings that differ')
    .option("--presets <list>", `presets, separated by commas: ${Object.keys(presets).join(", ")}; best/proper, best/conditional and best/gaussians are its parts alone`, list, ["VAEM", "MIWAEM", "HVAEM", "HMCVAEM", "HHVAEM"])
    .option("--baselines <list>", `simple fillings for comparison: ${baselines.join(", ")}, or none`, (text: string) => (text === "none" ? [] : list(text)), [...baselines])
    .option("--seeds <list>", "seeds of the trainings, such as 0-2", "0")
    .option("--scale <x>", "part of the schedule's steps to train", positive, 1)
    .option("--draws <n>", "posterior draws per row", wholeFrom(2), 1000)
    .option("--against <method>", "the preset, variant or baseline that the others are compared with", "HHVAEM")
    .requiredOption("--out <dir>", "folder of models, results and tables")
    .option("--report <file>", "also write a report in Markdown, with CSV and plot beside it")
    .option("--queue <url>", "let the workers of this queue run them: redis://host:6379; tables and --out are on a disk that all share")
    .addHelpText("after", example("hhvaem experiment tables --data data --tables boston,yacht --folds 0-2 --presets VAEM,HHVAEM --out tables", "hhvaem experiment tables --data data --folds 0 --scale 0.05 --out quick --report quick.md", "hhvaem experiment tables --data data --variants variants.json --presets best,wide --against best --out wide"))
    .action(experimentTablesCommand);
  imageFlags(command(experiment, "images", "train presets on pictures and score hidden pixels and labels, by HMC and by the encoder; the same command goes on after an interruption", { seed: false }))
    .requiredOption("--data <images>", "pictures to train on: an IDX file or a folder")
    .option("--test <images>", "pictures to test on (default: some are held back)")
    .option("--test-labels <file>", "their labels")
    .option("--name <text>", "what the set is called (default: the file's name)")
    .option("--presets <list>", "presets, separated by commas: VAE, MIWAE, HVAE, HMCVAE, HHVAE, proper", list, ["VAE", "MIWAE", "HVAE", "HMCVAE", "HHVAE"])
    .option("--no-encoder", "without the encoder's draws beside those by HMC or importance")
    .option("--seeds <list>", "seeds of the trainings, such as 0-2", "0")
    .addOption(new Option("--arch <name>", "the paper's networks for MNIST or for CelebA, at any size (default: by size)").choices(["auto", ...architectures]))
    .addOption(new Option("--pixels <kind>", "on or off, grey levels on a scale, or one of --levels (default: by what they look like)").choices(pixelKinds))
    .option("--levels <k>", "grey levels of categorical pixels (default: 8)", wholeFrom(2))
    .option("--rows <n>", "pictures to train on (default: all)", wholeFrom(1))
    .option("--test-rows <n>", "pictures to test on", wholeFrom(1), 200)
    .option("--scale <x>", "part of the authors' 100,000 steps", positive, usualImageScale)
    .option("--hmc-steps <n>", "steps of the HMC stage, if others than that part", wholeFrom(0))
    .option("--mask <kind>", "what is hidden of test pictures: one of the masks below, or a picture that is dark where pixels are hidden", "random:0.5")
    .option("--draws <n>", "posterior draws per picture", wholeFrom(2), 100)
    .option("--shown <n>", "test pictures to draw", wholeFrom(1), 8)
    .requiredOption("--out <dir>", "folder of models, results, tables and pictures")
    .option("--report <file>", "also write a report in Markdown, with CSV and pictures beside it")
    .option("--queue <url>", "let the workers of this queue run them: redis://host:6379; pictures and --out are on a disk that all share")
    .addHelpText("after", masksHelp + "\n" + example("hhvaem experiment images --data train-images-idx3-ubyte.gz --test t10k-images-idx3-ubyte.gz --pixels binary --name mnist --out mnist"))
    .action(experimentImagesCommand);
  command(experiment, "status [name]", "how the experiments in a queue stand", { seed: false })
    .requiredOption("--queue <url>", "the queue: redis://host:6379")
    .option("--watch", "show it anew until all is done")
    .action(experimentStatusCommand);
  command(experiment, "report <dirs...>", "one report over the folders of several experiments, with one plot")
    .option("--against <method>", "reports on tables: the method that the others are compared with (default: the last)")
    .requiredOption("-o, --output <file>", "the report, in Markdown; FILE.svg and FILE.png stand beside it")
    .option("--compare <file>", "figures to compare with: CSV with table, model, method, folds, from, error, source")
    .addHelpText("after", example("hhvaem experiment report saia-boston saia-yacht -o saia.md"))
    .action(experimentReportCommand);

  const data = program.command("data").description("the ten public tables of the paper").showHelpAfterError("(see hhvaem data --help)");
  data
    .command("fetch <names...>")
    .description("download tables (or all), check them, and write each as NAME.csv; goes on where an earlier download ended")
    .option("--out <dir>", "folder of the tables", ".")
    .option("--cache <dir>", "folder of the downloads (default: hhvaem/data in the user's cache folder)")
    .option("--from <place>", "take the files from here instead: an address that ends in / or a folder that holds them, or the address or path of a table's one file")
    .option("--json", "one JSON object instead of text")
    .option("--debug", "show stacks of errors")
    .addHelpText("after", example("hhvaem data fetch boston yacht --out tables", "hhvaem data fetch wine --from https://mirror.example/uci/", "hhvaem data fetch wine --from ~/Downloads/wine.zip"))
    .action(dataFetchCommand);
  data.command("list").description("what there is: rows, targets, files, licences").option("--json", "one JSON object instead of text").action(dataListCommand);

  program
    .command("worker")
    .description("take jobs from a queue, one at a time, until stopped; one worker per GPU")
    .requiredOption("--queue <url>", "the queue: redis://host:6379, Redis or Valkey")
    .option("--name <text>", "what the status calls it (default: machine and process)")
    .option("--drain", "end when nothing is left to do")
    .option("--lock-seconds <s>", "a job whose worker does not answer for so long is taken over", positive, 30)
    .option("--debug", "show stacks of errors")
    .addHelpText("after", example("hhvaem worker --queue redis://localhost:6379"))
    .action(workerCommand);

  program
    .command("web")
    .description("serve the page, in which the same model runs in a browser's tab, on this machine only")
    .option("--port <n>", "port on 127.0.0.1; 0: any free one (default: the first free one from 8471 on)", wholeFrom(0))
    .option("--open", "also open it in the browser")
    .action(webCommand);

  command(program, "demo", "train on the embedded cars, fill their real holes, and check against hidden cells")
    .option("--quick", "a short training")
    .action(demoCommand);

  command(program, "verify-reference <file>", "compare the model piece by piece with another implementation's inputs and outputs").action(verifyReferenceCommand);
  return program;
}

function command(program: Command, usage: string, description: string, { seed = true } = {}): Command {
  const made = program.command(usage).description(description).option("--json", "one JSON object instead of text");
  if (seed) made.addOption(new Option("--seed <n>", "same seed, same adapter: same bytes").argParser(wholeFrom(0)).default(0));
  return made.option("--debug", "show stacks of errors");
}

function tableFlags(command: Command): Command {
  return command
    .option("--missing <token...>", "further texts that mean a missing cell: TOKEN, or COLUMN=TOKEN (besides empty, NA, N/A, NaN, None, null, ? and their kind)")
    .option("--keep <text...>", "texts that are values, though they usually mean a missing cell")
    .option("--encoding <name>", "default: by the bytes: UTF-8, UTF-16 or Windows-1252")
    .addOption(new Option("--decimal <mark>", "decimal mark (default: by the columns of numbers)").choices([".", ","]))
    .addOption(new Option("--date <column=pattern>", "how a column's dates are written, such as visit=MM/dd/yyyy; may be repeated").argParser(collect))
    .option("--delimiter <character>", "default: comma, semicolon, tab, | or runs of blanks, whichever fits")
    .option("--no-header", "the first line is data");
}

function schemaFlags(command: Command): Command {
  return command
    .option("--schema <file>", "a schema file that `hhvaem schema` wrote")
    .addOption(new Option("--type <column=type>", "real, positive, count (whole numbers from 0 on), binary, ordinal (levels in the order of their numbers), categorical or ignore; may be repeated").argParser(collect));
}

function splitFlags(command: Command): Command {
  return command
    .option("--splits <file>", "folds and masks: a line per row with `fold` and 1 or 0 per feature")
    .addOption(new Option("--fold <k>", "the fold that is tested").argParser(wholeFrom(0)));
}

function imageFlags(command: Command): Command {
  return command
    .option("--labels <file>", "labels of pictures: an IDX file, or a table with the files' names in a column (IDX: found beside the pictures)")
    .option("--size <side>", "bring pictures to this size: 28, or HEIGHTxWIDTH")
    .option("--crop <side>", "first cut this square out of their middle")
    .option("--grey", "read colours as grey")
    .option("--colour", "read grey as colours");
}

function pictureModelFlags(command: Command): Command {
  return imageFlags(command)
    .addOption(new Option("--arch <name>", "pictures: the paper's networks for MNIST or for CelebA, at any size (default: by size)").choices(["auto", ...architectures]))
    .addOption(new Option("--pixels <kind>", "pictures: on or off, grey levels on a scale, or one of --levels (default: by what they look like)").choices(pixelKinds))
    .option("--levels <k>", "pictures: grey levels of categorical pixels (default: 8)", wholeFrom(2))
    .option("--rows <n>", "pictures: train on so many of them, chosen by the seed (default: all)", wholeFrom(1))
    .option("--scale <x>", `pictures: part of the authors' 100,000 steps (default: ${usualImageScale})`, positive);
}

function answerFlags(command: Command): Command {
  return command
    .requiredOption("-o, --output <file>", "where to write: Parquet if the name ends in .parquet, else CSV; gzipped if .gz follows")
    .option("--draws <m>", "posterior draws per row", wholeFrom(1), 200)
    .addOption(sampler())
    .option("--interval <p>", "mass of the central interval", fraction, 0.9)
    .option("--chunk-rows <n>", "answer a CSV file in parts of about so many rows, in memory that does not grow with it (large files always are: 50,000); the answers are the same", wholeFrom(1))
    .option("--resume", "go on with parts that an interrupted run has left")
    .option("--queue <url>", "let the workers of this queue answer the parts: redis://host:6379; model, table and output are on a disk that all share");
}

function sampler(): Option {
  return new Option("--sampler <kind>", "how draws are made: by HMC, from the encoder's Gaussian, or those weighted by importance (default: what the preset is trained for)").choices([...samplers]);
}

function estimator(): Option {
  return new Option("--estimator <name>", "method mi: by what the model would answer once it is told a value, or as the paper does, by five bins of joint draws (default: told; for presets whose variances are fixed paper)").choices([...estimators]);
}

function target(): Option {
  return new Option("--target <columns>", "column(s) to predict, separated by commas").argParser((text: string) => text.split(",").map((name) => name.trim())).default([], "none");
}

/** Sizes of layers: whole numbers from 1 on. */
function sizes(text: string): number[] {
  return list(text).map(wholeFrom(1));
}

function list(text: string): string[] {
  const items = text.split(",").map((item) => item.trim()).filter((item) => item !== "");
  if (items.length === 0) throw new InvalidArgumentError("expected names, separated by commas.");
  return items;
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > 2 ** 31) throw new InvalidArgumentError(`expected a whole number from ${least} on.`);
    return value;
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("expected a number above 0.");
  return value;
}

function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError("expected a number of at least 0.");
  return value;
}

function fraction(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("expected a number between 0 and 1, such as 0.9.");
  return value;
}

function example(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
