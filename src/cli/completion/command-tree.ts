import type { Command } from "commander";

export interface CommandOption {
  long?: string;
  short?: string;
  description: string;
  /** Whether a value follows. */
  takesValue: boolean;
  /** The values, where there are few of them. */
  choices: readonly string[];
}

/** A command as the shell sees it: what may follow it. */
export interface CommandPlace {
  /** The words that lead to it: "hhvaem data fetch". */
  route: string;
  /** Subcommands, and the values of arguments that have few. */
  commands: readonly { name: string; description: string }[];
  options: readonly CommandOption[];
}

/** All commands of a program, the program itself first. */
export function commandTree(program: Command, route: string = program.name()): CommandPlace[] {
  const help = program.createHelp();
  const subcommands = help.visibleCommands(program);
  const options = help.visibleOptions(program).map(({ long, short, description, required, optional, argChoices }) => ({
    ...(long && { long }),
    ...(short && { short }),
    description: firstSentence(description),
    takesValue: required || optional,
    choices: argChoices ?? [],
  }));
  const commands = subcommands.map((command) => ({ name: command.name(), description: firstSentence(command.description()) }));
  const values = program.registeredArguments.flatMap(({ argChoices = [], description }) => argChoices.map((name) => ({ name, description })));
  const own = { route, commands: [...commands, ...values], options };
  // `help` lists the others and has no more to say
  return [own, ...subcommands.filter((command) => command.name() !== "help").flatMap((command) => commandTree(command, `${route} ${command.name()}`))];
}

/** As much as a menu shows. */
function firstSentence(text: string): string {
  const short = text.replace(/\s+/g, " ").replace(/ \(.*$/, "").replace(/[;:.] .*$/, "");
  return short.length > 72 ? `${short.slice(0, 71)}…` : short;
}
