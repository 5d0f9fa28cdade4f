import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Result } from "./benchmark.ts";
import { asMarkdown } from "./report.ts";

/** Where and when a result was measured. */
export interface Machine {
  readonly adapter: string;
  readonly cores: string;
  readonly command: string;
  readonly commit: string;
  readonly date: string;
}

const title = "# Benchmarks\n\nWritten by `npm run bench -- --record`; each benchmark replaces its own section.\n";

/** Puts a result into its section of the file. */
export function record(path: string, name: string, about: string, result: Result, { adapter, cores, command, commit, date }: Machine): void {
  const text = existsSync(path) ? readFileSync(path, "utf8") : title;
  const body = `${about[0].toUpperCase()}${about.slice(1)}.\n\n    ${command}\n\n${adapter}; ${cores}. Commit ${commit}, ${date}.\n\n${asMarkdown(result)}`;
  writeFileSync(path, withSection(text, name, body));
}

/** What a benchmark gave, and what it is about. */
export type Named = Result & { readonly name: string; readonly about: string };

/** Writes all results of a run as PATH.json and PATH.md, folders included; the paths. */
export function writeResults(path: string, results: readonly Named[], machine: Machine, quick: boolean): string[] {
  const stem = path.replaceAll("DATE", machine.date).replaceAll("COMMIT", machine.commit.replaceAll(" ", "-"));
  const { adapter, cores, command, commit, date } = machine;
  const head = `# ${adapter}\n\n    ${command}\n\n${cores}. Commit ${commit}, ${date}.${quick ? " A quick run: it says nothing about speed." : ""}`;
  const parts = results.map((result) => `## ${result.name}\n\n${result.about[0].toUpperCase()}${result.about.slice(1)}.\n\n${asMarkdown(result)}`);
  mkdirSync(dirname(stem), { recursive: true });
  writeFileSync(`${stem}.json`, `${JSON.stringify({ ...machine, quick, results }, undefined, 1)}\n`);
  writeFileSync(`${stem}.md`, `${[head, ...parts].join("\n\n")}\n`);
  return [`${stem}.json`, `${stem}.md`];
}

/** The text with the section of one benchmark replaced, or added behind the others. */
export function withSection(text: string, name: string, body: string): string {
  const parts = text.split(/^(?=## )/m);
  const section = `## ${name}\n\n${body.trimEnd()}\n`;
  const at = parts.findIndex((part) => part.startsWith(`## ${name}\n`));
  if (at >= 0) parts[at] = section;
  else parts.push(section);
  return `${parts.map((part) => part.trimEnd()).join("\n\n")}\n`;
}
