import { Command } from "commander";
import { acquireCommand } from "./commands/acquire.ts";
import { askCommand } from "./commands/ask.ts";
import { completionCommand } from "./commands/completion.ts";
import { convertCommand } from "./commands/convert.ts";
import { dataCommands } from "./commands/data/index.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { experimentCommands } from "./commands/experiment/index.ts";
import { imputeCommand } from "./commands/impute.ts";
import { inpaintCommand } from "./commands/inpaint.ts";
import { poolCommand } from "./commands/pool.ts";
import { predictCommand } from "./commands/predict.ts";
import { reportCommand } from "./commands/report.ts";
import { schemaCommand } from "./commands/schema.ts";
import { sensitivityCommand } from "./commands/sensitivity.ts";
import { trainCommand } from "./commands/train.ts";
import { verifyReferenceCommand } from "./commands/verify-reference.ts";
import { webCommand } from "./commands/web.ts";
import { workerCommand } from "./commands/worker.ts";
import { version } from "./version.ts";

/** All commands, in the order of the help. Each is a file that declares its flags, their type and what it does. */
const commands: readonly ((program: Command) => void)[] = [
  doctorCommand,
  schemaCommand,
  trainCommand,
  inpaintCommand,
  imputeCommand,
  poolCommand,
  sensitivityCommand,
  predictCommand,
  acquireCommand,
  evaluateCommand,
  reportCommand,
  askCommand,
  convertCommand,
  experimentCommands,
  dataCommands,
  workerCommand,
  webCommand,
  demoCommand,
  verifyReferenceCommand,
  completionCommand,
];

/** The command line; errors are thrown, not printed, so that one place decides on the exit code. */
export function buildProgram(): Command {
  const program = new Command("hhvaem")
    .description("Fills the holes of a table with honest uncertainty, and predicts a target from incomplete rows.\nDeep hierarchical models and Hamiltonian Monte Carlo (HH-VAEM, NeurIPS 2022) on WebGPU; the data stays on this machine.")
    .version(version, "-V, --version", "show the version")
    .option("--debug", "show stacks of errors")
    .exitOverride()
    .showHelpAfterError("(see hhvaem --help)")
    .addHelpText("after", "\nHHVAEM_TUNING=off takes matrix kernels by rule; on (the default) measures large ones once for each adapter; refresh measures them anew.\nHHVAEM_PASSES=off runs many small kernels where a GPU would be given few large ones: for a driver that has trouble with those.\nExit codes: 0 done; 1 a failure; 2 bad input, or stopped by Ctrl-C where the same command goes on; 130 stopped at once by a second Ctrl-C.");
  for (const declare of commands) declare(program);
  return program;
}
