import { posix } from "node:path";
import { sourceFacts } from "./source-facts.ts";

/** Files by path, relative to a common root. */
export type Sources = ReadonlyMap<string, string>;

/** Import cycles, types included: each set of files that reach each other, sorted. (Strongly connected components, Tarjan 1972) */
export function importCycles(sources: Sources): string[][] {
  const imports = new Map([...sources].map(([path, text]) => [path, sourceFacts(text, path).imports.map(({ from }) => posix.join(posix.dirname(path), from)).filter((target) => sources.has(target))]));
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): void => {
    order.set(path, order.size);
    low.set(path, order.get(path)!);
    open.push(path);
    for (const target of imports.get(path)!) {
      if (!order.has(target)) visit(target);
      if (open.includes(target)) low.set(path, Math.min(low.get(path)!, low.get(target)!));
    }
    if (low.get(path) !== order.get(path)) return;
    const component = open.splice(open.indexOf(path));
    if (component.length > 1 || imports.get(path)!.includes(path)) cycles.push(component.sort());
  };
  for (const path of imports.keys()) if (!order.has(path)) visit(path);
  return cycles;
}
