import { isAtom, type Bins, type CodedAtom } from "../data/index.ts";
import type { AtomTensors, BinTensors } from "./likelihood.ts";

/** The numbers of a column's bins, on the coded scale. */
export function binNumbers(bins: Bins): Record<keyof BinTensors, number[]> {
  const { low, high, mean } = bins;
  // the outer borders belong to the bins, rounding included
  const slack = 1e-4;
  return {
    low: low.map((border, c) => border - (c === 0 ? slack : 0)),
    high: high.map((border, c) => border + (c === high.length - 1 ? slack : 0)),
    logWidth: low.map((border, c) => Math.log(high[c] - border)),
    mean: [...mean],
    start: low.map((border, c) => (isAtom(bins, c) ? mean[c] : border)),
    length: low.map((border, c) => (isAtom(bins, c) ? 0 : high[c] - border)),
  };
}

/** The numbers of a column's atoms, on the coded scale. */
export function atomNumbers(atoms: readonly CodedAtom[]): Record<keyof Pick<AtomTensors, "value" | "logWidth">, number[]> {
  return { value: atoms.map(({ value }) => value), logWidth: atoms.map(({ low, high }) => Math.log(high - low)) };
}
