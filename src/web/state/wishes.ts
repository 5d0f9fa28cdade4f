import type { ReadOptions, Schema } from "../../data/index.ts";
import type { Choices } from "../engine/data/decide.ts";
import type { Change } from "../engine/data/fixes.ts";

/** How a table is read and what its columns are: all that the user can decide about it. */
export interface Wishes {
  options: ReadOptions;
  choices: Choices;
}

/** The wishes with one more. */
export function withChange({ options, choices: { targets, types, ...rest } }: Wishes, { option, value }: Change): Wishes {
  const at = value.lastIndexOf("=");
  const [name, setting] = [value.slice(0, at), value.slice(at + 1)];
  const without = (list: readonly string[] = [], text: string): string[] => list.filter((other) => !alike(other, text));
  const including = (list: readonly string[] | undefined, text: string): string[] => [...without(list, text), text];
  const same = { targets, types, ...rest };
  const others = Object.fromEntries(Object.entries(types).filter(([column]) => column !== name));
  switch (option) {
    case "missing":
      return { options: { ...options, missing: including(options.missing, value), keep: without(options.keep, setting) }, choices: same };
    case "keep":
      return { options: { ...options, keep: including(options.keep, value), missing: without(options.missing, value) }, choices: same };
    case "date":
      return { options: { ...options, dates: { ...options.dates, [name]: setting } }, choices: { ...same, types: others } };
    case "encoding":
      return { options: { ...options, encoding: value }, choices: same };
    case "header":
      return { options: { ...options, header: value !== "no" }, choices: same };
    case "sheet":
      return { options: { ...options, sheet: value }, choices: same };
    case "keep-missing":
      return { options, choices: { ...same, keepMissing: including(rest.keepMissing, value) } };
    case "bounds": {
      const [low, high] = setting.split(":").map(Number);
      return { options, choices: { ...same, types: others, bounds: { ...rest.bounds, [name]: [low, high] } } };
    }
    case "type":
      return { options, choices: { ...same, types: { ...types, [name]: setting as Choices["types"][string] }, bounds: Object.fromEntries(Object.entries(rest.bounds ?? {}).filter(([column]) => column !== name)), targets: setting === "ignore" ? targets.filter((target) => target !== name) : targets } };
  }
}

function alike(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** How tables of a schema are read: what was declared stands, what was found is tried where the file does not say. */
export function optionsOf({ reading }: Schema): ReadOptions {
  if (!reading) return {};
  const { missing, keep, dates, header } = reading;
  return { ...(missing && { missing }), ...(keep && { keep }), ...(dates && { dates }), ...(header !== undefined && { header }), before: reading };
}
