import { Argument, type Command } from "commander";
import { commandTree } from "../completion/command-tree.ts";
import { bashScript, fishScript, zshScript } from "../completion/scripts.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof scripts;

/** `hhvaem completion SHELL`: what a shell reads to complete commands, options and their values. */
export function completionCommand(program: Command): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands and options")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(scripts)))
    .addHelpText("after", '\nbash: eval "$(hhvaem completion bash)" in ~/.bashrc\nzsh:  eval "$(hhvaem completion zsh)" in ~/.zshrc, after compinit\nfish: hhvaem completion fish > ~/.config/fish/completions/hhvaem.fish')
    .action((shell: Shell) => {
      process.stdout.write(scripts[shell](commandTree(program)));
    });
}
