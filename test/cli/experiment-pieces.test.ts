import { expect, test } from "vitest";
import { parseFolds, parsePieces, piecesAsFlags } from "../../src/cli/experiments/pieces.ts";
import { TimeLeft } from "../../src/cli/output/progress.ts";

test("folds are ranges and lists, without repetition, and must exist", () => {
  expect(parseFolds("3,0-2, 2", [0, 1, 2, 3])).toEqual([0, 1, 2, 3]);
  expect(parseFolds(undefined, [4, 7])).toEqual([4, 7]);
  for (const text of ["2-1", "a", "1,,2", "-1", ""]) expect(() => parseFolds(text, [0, 1, 2]), text).toThrow(/expected folds such as 0-9 or 0,3,5/);
  expect(() => parseFolds("0-2", [0, 1])).toThrow("--folds 0-2: the splits file has no fold 2; it has 0, 1.");
});

test("a method may belong to one model alone", () => {
  expect(parsePieces([0], ["HHVAEM", "VAEM"], ["mi", "HHVAEM:random", "VAEM:gaussian", "VAEM:mi"])).toEqual([
    { fold: 0, model: "HHVAEM", methods: ["mi", "random"] },
    { fold: 0, model: "VAEM", methods: ["mi", "gaussian"] },
  ]);
  expect(() => parsePieces([0], ["HHVAEM", "VAEM"], ["VAEM:mi"])).toThrow("--methods: none is for the model HHVAEM; name one, or leave it out of --models.");
});

test("the flags of some results give the same pieces again", () => {
  const pieces = parsePieces([1, 0], ["HHVAEM", "VAEM"], ["mi", "HHVAEM:random", "VAEM:gaussian"]);
  const results = pieces.flatMap(({ fold, model, methods }) => methods.map((method) => ({ fold, model, method })));
  expect(piecesAsFlags(results)).toBe("--folds 0,1 --models HHVAEM,VAEM --methods mi,HHVAEM:random,VAEM:gaussian");
});

test("the time left is that of pieces of the same kind; unknown kinds count as the mean", () => {
  const left = new TimeLeft();
  for (const kind of ["train", "train", "mi", "mi", "random"]) left.expect(kind);
  expect(left.seconds).toBeUndefined();
  left.done("train", 60);
  left.done("mi", 20);
  // one training, one mi, and one random at (60 + 20) / 2
  expect(left.seconds).toBe(60 + 20 + 40);
  left.done("random");
  expect(left.seconds).toBe(80);
});
