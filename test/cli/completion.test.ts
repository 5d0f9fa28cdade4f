import { spawnSync } from "node:child_process";
import { Command, Option } from "commander";
import { describe, expect, it } from "vitest";
import { commandTree } from "../../src/cli/completion/command-tree.ts";
import { bashScript, fishScript, zshScript } from "../../src/cli/completion/scripts.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { hhvaem } from "./run.ts";

const tree = commandTree(buildProgram());

/** What bash would offer after these words, the last of them unfinished. */
function offered(...words: string[]): string[] {
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", `${bashScript(tree)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hhvaem; printf '%s\\n' "\${COMPREPLY[@]}"`, "bash", "hhvaem", ...words], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

describe("bash", () => {
  it("completes commands, those of commands, options and their values; leaves the rest to files", () => {
    expect(offered("tr")).toEqual(["train"]);
    expect(offered("data", "")).toEqual(["fetch", "list", "help"]);
    expect(offered("data", "fetch", "--f")).toEqual(["--from", "--force"]);
    expect(offered("train", "cars.csv", "--preset", "HM")).toEqual(["HMCVAE", "HMCVAEM"]);
    expect(offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(offered("train", "cars.csv", "--out", "mo")).toEqual([]);
    expect(offered("train", "ca")).toEqual([]);
    // a value that looks like a command is none
    expect(offered("--debug", "train", "impute", "--pres")).toEqual(["--preset"]);
  });
});

it("every command and option is in every script", () => {
  const [bash, zsh, fish] = ["bash", "zsh", "fish"].map((shell) => hhvaem("completion", shell).out);
  expect([bash, zsh, fish]).toEqual([bashScript(tree), zshScript(tree), fishScript(tree)]);
  expect(tree.length).toBeGreaterThan(25);
  for (const { route, commands, options } of tree) {
    const line = (script: string): string => script.split("\n").find((text) => text.trimStart().startsWith(`'${route}') `))!;
    for (const { name } of commands) {
      expect(line(bash)).toMatch(new RegExp(`words='(.* )?${name}( .*)?'; fi`));
      expect(line(zsh)).toContain(`'${name}:`);
      expect(fish).toContain(`= "${route}"' -a ${name} `);
    }
    for (const { long } of options) {
      if (long === undefined) continue;
      expect(line(bash)).toMatch(new RegExp(`words='(.* )?${long}( .*)?'; else`));
      expect(line(zsh)).toContain(`'${long}:`);
      expect(fish).toContain(`= "${route}"' -l ${long.slice(2)} `);
    }
  }
});

it("nothing in a description is looked into by a shell", () => {
  const program = new Command("hhvaem").helpCommand(false).description("x");
  program.command("do").description("the user's `id` and $HOME\\").helpOption(false).addOption(new Option("-w, --way <w>", "it's \"so\"").choices(["a b", "$c"]));
  const own = commandTree(program);
  expect(zshScript(own).split("\n").filter((line) => /it's|id|\$c/.test(line.replace("'\\''", "'")) && line.startsWith("    '"))).toMatchInlineSnapshot(`
    [
      "    'hhvaem do --way'|'hhvaem do -w') compadd -- 'a b' '$c'; return ;;",
      "    'hhvaem') commands=('do:the user'\\''s \`id\` and $HOME\\'); options=('--help:display help for command' '-h:display help for command') ;;",
      "    'hhvaem do') commands=(); options=('--way:it'\\''s "so"' '-w:it'\\''s "so"') ;;",
    ]
  `);
  expect(fishScript(own).split("\n").filter((line) => line.startsWith("complete") && line.includes("do"))).toMatchInlineSnapshot(`
    [
      "complete -c hhvaem -f -n 'test (__hhvaem_route) = "hhvaem"' -a do -d 'the user\\'s \`id\` and $HOME\\\\'",
      "complete -c hhvaem -n 'test (__hhvaem_route) = "hhvaem do"' -l way -s w -x -a 'a b $c' -d 'it\\'s "so"'",
    ]
  `);
  expect(spawnSync("bash", ["-n"], { input: bashScript(own), encoding: "utf8" }).stderr).toBe("");
});

it("a shell that is not known is refused", () => {
  const { code, err } = hhvaem("completion", "tcsh");
  expect([code, err]).toEqual([2, "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\n(see hhvaem --help)\n"]);
});
