import { foldIn, keyFromSeed, uniform } from "../../src/math/key.ts";

/** The column that is predicted in the example. */
export const exampleTarget = "economy (mpg)";
/** Share of the features' cells that become holes. */
const holes = 0.12;

/** The embedded cars whose target is known, as CSV with holes at random, the same in every build. */
export function exampleTable(cars: string): string {
  const [head, ...lines] = cars.trimEnd().split("\n").map((line) => line.trimEnd().split(","));
  const target = head.indexOf(exampleTarget);
  const random = uniform(foldIn(keyFromSeed(0), 40), lines.length * head.length);
  const cells = lines.map((line, row) => line.map((cell, j) => (j === 0 || j === target || random[row * head.length + j] >= holes ? cell : ""))).filter((line) => line[target] !== "");
  return [head, ...cells].map((line) => `${line.join(",")}\n`).join("");
}
