import { methods, type Method } from "../../acquisition/index.ts";
import { presets } from "../../model/index.ts";
import { UsageError } from "../usage-error.ts";

/** A fold and a model, with the methods that are tried on it. */
export interface Piece {
  fold: number;
  model: string;
  methods: Method[];
}

/** "0-2,5" as [0, 1, 2, 5]; undefined: all. Throws UsageError for folds that the splits lack. */
export function parseFolds(text: string | undefined, existing: readonly number[]): number[] {
  if (text === undefined) return [...existing];
  return parseNumbers(text, existing, { flag: "--folds", what: "folds", such: "0-9 or 0,3,5", lacking: (unknown) => `the splits file has no fold ${unknown}; it has ${existing.join(", ")}` });
}

/** What numbers are of, for messages. */
interface NumbersTold {
  flag: string;
  what: string;
  such: string;
  /** What is said of some that there are none of. */
  lacking(unknown: string): string;
}

/** "0-2,5" as [0, 1, 2, 5]. Throws UsageError for what is no such list, or names what there is not. */
export function parseNumbers(text: string, existing: readonly number[], { flag, what, such, lacking }: NumbersTold): number[] {
  const numbers = text.split(",").flatMap((part) => {
    const match = /^\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$/.exec(part);
    if (!match || (match[2] !== undefined && Number(match[2]) < Number(match[1]))) throw new UsageError(`${flag} ${text}: expected ${what} such as ${such}.`);
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  const known = new Set(existing);
  const unknown = numbers.filter((number) => !known.has(number));
  if (unknown.length > 0) throw new UsageError(`${flag} ${text}: ${lacking(unknown.slice(0, 5).join(", "))}.`);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/**
 * The pieces of an experiment. A method given as MODEL:METHOD is tried with that model alone. Throws UsageError for unknown
 * models and methods, and for a model without a method.
 */
export function parsePieces(folds: readonly number[], models: readonly string[], wanted: readonly string[]): Piece[] {
  for (const model of models) if (!presets[model]) throw new UsageError(`--models: there is no preset "${model}"; there are ${Object.keys(presets).join(", ")}.`);
  const parsed = wanted.map((text) => {
    const [method, model] = text.split(":").reverse() as [string, string | undefined];
    if (!methods.includes(method as Method)) throw new UsageError(`--methods: there is no method "${method}"; there are ${methods.join(", ")}.`);
    if (model !== undefined && !models.includes(model)) throw new UsageError(`--methods ${text}: "${model}" is none of --models ${models.join(",")}.`);
    return { method: method as Method, model };
  });
  const of = (name: string): Method[] => [...new Set(parsed.filter(({ model }) => model === undefined || model === name).map(({ method }) => method))];
  for (const model of models) if (of(model).length === 0) throw new UsageError(`--methods: none is for the model ${model}; name one, or leave it out of --models.`);
  return folds.flatMap((fold) => models.map((model) => ({ fold, model, methods: of(model) })));
}

/** The flags that give these results: --folds, --models and --methods. */
export function piecesAsFlags(results: readonly { fold: number; model: string; method: Method }[]): string {
  const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
  const models = distinct(results.map(({ model }) => model));
  const methods = distinct(results.map(({ method }) => method)).flatMap((method) => {
    const own = models.filter((model) => results.some((result) => result.model === model && result.method === method));
    return own.length === models.length ? [method] : own.map((model) => `${model}:${method}`);
  });
  const folds = distinct(results.map(({ fold }) => fold)).sort((a, b) => a - b);
  return `--folds ${folds.join(",")} --models ${models.join(",")} --methods ${methods.join(",")}`;
}
