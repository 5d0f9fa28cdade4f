import { expect, it } from "vitest";
import { deviceTensor } from "../../../src/autodiff/index.ts";
import { decodeValue, isContinuous, type Column } from "../../../src/data/index.ts";
import { isNumber } from "../../../src/likelihood/mixed.ts";
import { foldIn, keyFromSeed, normal } from "../../../src/math/key.ts";
import { CellsQuestion, type AnsweredCell } from "../../../src/model/answers/cells-question.ts";
import { ScoresQuestion } from "../../../src/model/answers/scores-question.ts";
import { spread, type DeviceColumns, type DeviceDraws } from "../../../src/model/posterior/device-draws.ts";
import type { PartColumns, RowDraws, SamplingInfo } from "../../../src/model/posterior/entry-draws.ts";
import { DeviceSummaries } from "../../../src/model/summaries/device-summaries.ts";
import type { Gpu } from "../../../src/gpu/device.ts";
import { testDevice } from "../../device.ts";
import { expectClose } from "../../expect-close.ts";
import { columnSets, everyKindTable, likelihoodsOf, randomTheta, type PartName } from "./every-kind.ts";

const rows = 3;
const variance = 0.1;
const d = everyKindTable.features;

/** How many draws a part makes, and how many of them count. */
type Sizes = readonly (readonly [part: PartName, made: number, features: number, targets: number])[];

/** The same draws for the device and for the host. */
function drawsOf(gpu: Gpu, sizes: Sizes): { onDevice: DeviceDraws; onHost: RowDraws & SamplingInfo } {
  const parts = sizes.map(([name, made, ...counts], p) => {
    const columns = (first: number, last: number, count: number, seed: number): { device: DeviceColumns; host: PartColumns; logProb: Float32Array; weighted: Float32Array } => {
      const mixed = likelihoodsOf[name].slice(first, last);
      const width = mixed.length;
      const theta = randomTheta(mixed, rows * made, 10 * p + seed);
      const random = (more: number): Float32Array => Float32Array.from(normal(foldIn(keyFromSeed(7), 100 * p + 10 * seed + more), rows * made * width), (z) => -1.5 + z);
      const [logProb, weighted] = [random(0), random(1)];
      const some = (values: Float32Array): Float32Array => {
        const own = values.length / (rows * made);
        return Float32Array.from({ length: rows * count * own }, (_, i) => values[(Math.floor(i / (count * own)) * made + spread(Math.floor(i / own) % count, made, count)) * own + (i % own)]);
      };
      const upload = (values: Float32Array): DeviceColumns["theta"] => deviceTensor(gpu, [values.length], values);
      return {
        device: { made, draws: count, mixed, variance, theta: upload(theta), logProb: upload(logProb), weightedLogProb: upload(weighted) },
        host: { draws: count, mixed, variance, theta: some(theta) },
        logProb: some(logProb), weighted: some(weighted),
      };
    };
    return { features: columns(0, d, counts[0], 1), targets: columns(d, d + 1, counts[1], 2) };
  });
  const together = (arrays: readonly Float32Array[]): Float32Array => Float32Array.from(Array.from({ length: rows }, (_, r) => arrays.flatMap((own) => Array.from(own.subarray((r * own.length) / rows, ((r + 1) * own.length) / rows)))).flat());
  return {
    onDevice: { parts: parts.map(({ features, targets }) => ({ features: features.device, targets: targets.device, silent: false })) },
    onHost: {
      firstRow: 0, rows, draws: parts.reduce((total, { features }) => total + features.host.draws, 0), acceptance: Number.NaN, divergences: 0,
      parts: parts.map(({ features, targets }) => ({ features: features.host, targets: targets.host })),
      logProbX: together(parts.map(({ features }) => features.logProb)), weightedLogProbX: together(parts.map(({ features }) => features.weighted)), logProbY: together(parts.map(({ targets }) => targets.logProb)),
    },
  };
}

/** What of a column's scale 1e-4 is: a deviation in original units. */
function deviation(column: Column): number {
  return isContinuous(column.type) ? Math.abs(decodeValue({ ...column, type: column.type === "count" ? "positive" : column.type }, 0.5) - decodeValue({ ...column, type: column.type === "count" ? "positive" : column.type }, -0.5)) : 1;
}

const cases: { what: string; sizes: Sizes }[] = [
  { what: "one draw", sizes: [["proper", 1, 1, 1]] },
  { what: "two draws of fixed variances", sizes: [["paper", 2, 2, 2]] },
  { what: "65 draws of bins", sizes: [["conditional", 65, 65, 65]] },
  { what: "65 draws of fixed variances", sizes: [["paper", 65, 65, 65]] },
  { what: "three parts with some of their draws", sizes: [["proper", 41, 29, 41], ["conditional", 130, 130, 109], ["gaussians", 16, 7, 16]] },
];

it.each(cases)("cells are what they are on the host, whatever their columns are: $what", async ({ sizes }) => {
  const gpu = await testDevice();
  const { onDevice, onHost } = drawsOf(gpu, sizes);
  const columns = columnSets(sizes[0][0]);
  const cellsOf = (row: number) => [
    ...Array.from({ length: d }, (_, j) => ({ of: "features" as const, row, j, key: foldIn(foldIn(keyFromSeed(5), row), j) })),
    { of: "targets" as const, row, j: 0, key: foldIn(keyFromSeed(6), row) },
  ];
  const question = new CellsQuestion(columns, cellsOf, { interval: 0.8, completions: 2, kept: 1 });
  const summaries = new DeviceSummaries(gpu, rows, { features: columns.features.columns, targets: columns.targets.columns }, question.draws);
  const { answer } = await summaries.ask(onDevice, question.request(onHost));
  const got = question.answer(await answer, onHost);
  summaries.destroy();
  const expected = question.fromDraws(onHost);
  expect(got.map(({ of, row, j }) => [of, row, j])).toEqual(expected.map(({ of, row, j }) => [of, row, j]));
  const worst: Record<string, number> = {};
  got.forEach((cell, i) => {
    const column = columns[cell.of].columns[cell.j];
    const scale = deviation(column);
    const said = (of: AnsweredCell): Record<string, ArrayLike<number>> => {
      const { value, mean = 0, sd = 0, lower = 0, upper = 0, probabilities = [] } = of.summary;
      return { value: [value], mean: [mean], sd: [sd], ends: [lower, upper], probabilities, ...(cell.of === "features" && { picked: [...Array.from(of.completions), ...Array.from(of.kept)] }) };
    };
    const [own, other] = [said(cell), said(expected[i])];
    for (const [name, values] of Object.entries(own)) {
      for (let k = 0; k < values.length; k++) {
        const error = Math.abs(values[k] - other[name][k]) / scale;
        const key = `${column.name} ${name}`;
        if (!(error <= (worst[key] ?? 0))) worst[key] = error;
      }
    }
    expect(cell.summary.label).toBe(expected[i].summary.label);
  });
  expect(Object.entries(worst).filter(([, error]) => !(error <= 1e-4))).toEqual([]);
});

it.each(cases)("scores are what they are on the host: $what", async ({ sizes }) => {
  const gpu = await testDevice();
  const { onDevice, onHost } = drawsOf(gpu, sizes);
  const columns = columnSets(sizes[0][0]);
  // the second row shows nothing, the third all; every seventh cell is not known
  const shown = Float32Array.from({ length: rows * d }, (_, i) => Number(i >= d && (i >= 2 * d || i % 3 === 0)));
  const observedX = Float32Array.from({ length: rows * d }, (_, i) => Number(shown[i] === 1 || i % 7 !== 3));
  const table = { ...everyKindTable, observedX, observedY: Float32Array.of(1, 1, 0) };
  const question = new ScoresQuestion(table, shown, columns, { draws: onHost.draws });
  const summaries = new DeviceSummaries(gpu, rows, { features: columns.features.columns, targets: columns.targets.columns }, question.draws);
  const { answer } = await summaries.ask(onDevice, question.request(onHost));
  const got = question.answer(await answer, onHost);
  summaries.destroy();
  const expected = question.fromDraws(onHost);
  const same = (name: string, own: Float64Array, other: Float64Array, scale: (i: number) => number = () => 1): void => {
    expect(Array.from(own, Number.isNaN), name).toEqual(Array.from(other, Number.isNaN));
    const here = Array.from(own.keys()).filter((i) => !Number.isNaN(own[i]));
    expectClose(here.map((i) => own[i] / scale(i)), here.map((i) => other[i] / scale(i)), { atol: 1e-4 });
  };
  for (const name of ["xu", "xuWeighted", "xo", "xoWeighted", "xuProper", "y"] as const) same(name, got[name], expected[name]);
  for (const group of ["features", "targets"] as const) {
    const own = columns[group].columns;
    same(`${group} point`, got[group].point, expected[group].point);
    same(`${group} units`, got[group].units, expected[group].units, (i) => deviation(own[i % own.length]));
    for (const name of ["low", "high", "crps", "lower", "upper"] as const) same(`${group} ${name}`, got[group][name], expected[group][name]);
  }
  expect(Array.from(expected.features.high).filter((place) => place > 0.05 && place < 0.95).length).toBeGreaterThan(5);
  expect(columns.features.mixed.filter(isNumber).length).toBe(11);
});
