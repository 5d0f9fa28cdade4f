import { posix } from "node:path";
import { sourceFacts } from "./source-facts.ts";

type Rule = { values: string[]; types?: string[] };

const below = ["math", "gpu", "data", "autodiff", "nn", "likelihood", "sampler", "model", "acquisition", "report", "experiments"];

/** The table of docs/architecture/rooms.md, which test/docs.test.ts compares with this one: which folders of src/ a folder may import; `types` it may import types of only. */
export const layers: Record<string, Rule> = {
  math: { values: [] },
  gpu: { values: [] },
  data: { values: ["math"] },
  autodiff: { values: ["gpu", "math"] },
  nn: { values: ["autodiff", "gpu", "math"] },
  likelihood: { values: ["autodiff", "gpu", "data", "math"] },
  sampler: { values: ["autodiff", "gpu", "math"] },
  model: { values: ["math", "gpu", "data", "autodiff", "nn", "likelihood", "sampler"] },
  acquisition: { values: ["gpu", "autodiff", "likelihood", "data", "math"], types: ["model"] },
  report: { values: ["data", "math"] },
  experiments: { values: below.filter((layer) => layer !== "experiments") },
  library: { values: ["gpu", "data", "model", "acquisition", "report"] },
  fetch: { values: ["data"] },
  cli: { values: [...below, "fetch"] },
  web: { values: below },
};

/** Folders that may touch files, arguments, the clock and the DOM. */
const frontEnds = ["cli", "web"];
/** Folders that may touch files and the network, but neither the arguments nor the clock. */
const withFiles = [...frontEnds, "fetch"];
/** Folders that may read the clock: a training within a time asks it. */
const withClock = [...frontEnds, "library"];
/** Node's modules that reach outside the program. */
const outside = /^(node:)?(fs|fs\/promises|process|os|child_process|perf_hooks|http|https|net|readline|timers\/promises)$/;

/** What a file under src/ does against the table, as "file:line what" lines. path is relative to src/, with forward slashes. */
export function violations(path: string, text: string): string[] {
  if (!path.includes("/")) return []; // the library's entries gather it from all layers
  const layer = path.slice(0, path.indexOf("/"));
  const rule = layers[layer];
  if (!rule) return [`${path}: src/${layer} is not in the table of layers`];
  const facts = sourceFacts(text, path);
  const frontEnd = frontEnds.includes(layer);
  const found: string[] = [];
  for (const { line, from, typeOnly } of facts.imports) {
    if (!from.startsWith(".")) {
      if (!withFiles.includes(layer) && outside.test(from)) found.push(`${path}:${line} imports ${from}; only ${withFiles.join(", ")} may`);
      continue;
    }
    const target = posix.join("src", posix.dirname(path), from);
    if (target.startsWith("shaders/")) continue;
    const [top, other, ...rest] = target.split("/");
    if (top !== "src") {
      if (!frontEnd) found.push(`${path}:${line} imports ${from} from outside src`);
      continue;
    }
    if (other === layer || rule.values.includes(other) || (typeOnly && rule.types?.includes(other))) continue;
    const name = rest.length === 0 ? `src/${other}` : other;
    const only = rule.types?.includes(other) ? " other than its types" : "";
    found.push(`${path}:${line} imports ${name}${only}; ${layer} may import ${[...rule.values, ...(rule.types ?? [])].join(", ") || "nothing"}`);
  }
  if (!withClock.includes(layer)) {
    for (const { line, what } of facts.impure) found.push(`${path}:${line} uses ${what}; randomness and time come in from outside`);
  }
  return found;
}
