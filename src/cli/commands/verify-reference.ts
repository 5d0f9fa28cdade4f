import { basename } from "node:path";
import type { Command } from "commander";
import { referenceInformation } from "../../acquisition/reference-check.ts";
import type { ReferenceConfig, ReferenceTensors } from "../../model/reference/comparison.ts";
import { checkReference } from "../../model/reference/reference-check.ts";
import { readSafetensors } from "../../nn/safetensors.ts";
import { withDevice } from "../device.ts";
import { newCommand } from "../flags/shared.ts";
import { readInput } from "../inputs/files.ts";
import { UsageError } from "../usage-error.ts";

/** `hhvaem verify-reference`: the model compared piece by piece with a file of another implementation. Exit code 1 if a piece differs. */
export function verifyReferenceCommand(program: Command): void {
  newCommand(program, "verify-reference <file>", "compare the model piece by piece with another implementation's inputs and outputs").action(run);
}

async function run(path: string, options: { json?: boolean }): Promise<void> {
  const file = readSafetensors(await readInput(path), basename(path));
  if (!file.metadata?.config) throw new UsageError(`${path}: expected the metadata key "config"; see docs/reference-files.md for the layout.`);
  const config = JSON.parse(file.metadata.config) as ReferenceConfig;
  await withDevice(async (gpu) => {
    const tensors = file.tensors as unknown as ReferenceTensors;
    const [x, y] = [tensors.get("in/mi/x"), tensors.get("in/mi/y")];
    if (!x || !y) throw new UsageError(`${path}: the file has no "in/mi/x" and "in/mi/y"; see docs/reference-files.md for the layout.`);
    const information = new Map([["out/mi/value", await referenceInformation(gpu, x, y)]]);
    const pieces = await checkReference(gpu, tensors, config, information);
    const failed = pieces.filter(({ error, tolerance }) => !(error <= tolerance));
    if (options.json) process.stdout.write(`${JSON.stringify({ pieces, failed: failed.length, adapter: gpu.name })}\n`);
    else {
      process.stdout.write("largest absolute error over largest absolute value, per piece\n");
      for (const piece of pieces) process.stdout.write(`  ${failed.includes(piece) ? "FAIL" : "ok  "}  ${piece.name.padEnd(36)} ${piece.error.toExponential(1)}  (tolerance ${piece.tolerance.toExponential(0)})\n`);
      process.stdout.write(`${pieces.length - failed.length} of ${pieces.length} pieces agree (${gpu.name})\n`);
    }
    if (failed.length > 0) process.exitCode = 1;
  });
}
