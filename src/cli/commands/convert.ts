import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { examples, newCommand } from "../flags/shared.ts";
import { checkOutputPath } from "../inputs/files.ts";
import { kindOf, namesModelFile, readModelAt, writeModelAt } from "../models/model-paths.ts";
import { UsageError } from "../usage-error.ts";

interface ConvertOptions {
  output: string;
  force?: boolean;
  json?: boolean;
}

/** `hhvaem convert`: a model folder as one file, or one file as a model folder. */
export function convertCommand(program: Command): void {
  newCommand(program, "convert <model>", "write a model folder as one file, or one file as a folder; every command takes both")
    .requiredOption("-o, --output <path>", "a file whose name ends in .hhvaem, or a folder")
    .option("--force", "replace what is there")
    .addHelpText("after", examples("hhvaem convert model -o cars.hhvaem", "hhvaem convert cars.hhvaem -o model"))
    .action(run);
}

async function run(path: string, { output, force, json }: ConvertOptions): Promise<void> {
  const packing = (await kindOf(path)) === "folder";
  const files = await readModelAt(path);
  if (packing && !namesModelFile(output)) throw new UsageError(`--output ${output}: ${path} is a folder, so the output is a file; let its name end in .hhvaem.`);
  if (!packing && namesModelFile(output)) throw new UsageError(`--output ${output}: ${path} is a model file already, so the output is a folder; copy the file, or name a folder.`);
  checkOutputPath(output);
  await checkFree(output, packing, force);
  await writeModelAt(output, files);
  if (json) process.stdout.write(`${JSON.stringify({ model: path, output, files: [...files.keys()] })}\n`);
  else process.stdout.write(packing ? `${path} is in one file: ${output}\n` : `the files of ${path} are in ${output}: ${[...files.keys()].join(", ")}\n`);
}

/** Throws UsageError if the output would replace something that it may not. */
async function checkFree(output: string, packing: boolean, force: boolean | undefined): Promise<void> {
  const there = await kindOf(output);
  if (there === "nothing") return;
  if (packing && there === "folder") throw new UsageError(`--output ${output}: there is a folder of that name; choose another.`);
  if (!packing && there === "file") throw new UsageError(`--output ${output}: there is a file of that name; choose another.`);
  if (existsSync(join(output, "checkpoint"))) throw new UsageError(`--output ${output}: the folder holds an unfinished training; choose another.`);
  if (force) return;
  if (packing) throw new UsageError(`--output ${output}: there is such a file already; choose another, or replace it with --force.`);
  if (existsSync(join(output, "config.json"))) throw new UsageError(`--output ${output}: the folder holds a model already; choose another, or replace it with --force.`);
}
