import { encode, fit, openDevice, parseTable } from "hhvaem";
import type { News, Order } from "./messages";

const say = (news: News): void => self.postMessage(news);

/** Trains a model on the table and fills its holes. */
async function fill({ csv, target, ignore, steps }: Order): Promise<void> {
  const gpu = await openDevice();
  try {
    const table = parseTable(csv, { source: "the table" });
    const model = await fit(gpu, table, {
      target,
      types: Object.fromEntries(ignore.map((name) => [name, "ignore" as const])),
      ...(steps !== undefined && { preset: "HVAE", schedule: { viSteps: steps, hmcSteps: 2 } }),
      onProgress: ({ stage, step, steps }) => say({ kind: "progress", text: `${stage}: step ${step} of ${steps}` }),
    });
    const { cells } = await model.impute(encode(model, table), { draws: 100, interval: 0.9 });
    say({ kind: "filled", adapter: gpu.name, cells: cells.map(({ row, name, value, lower = value, upper = value }) => ({ row, name, value, lower, upper })) });
  } finally {
    gpu.close();
  }
}

self.addEventListener("message", ({ data }: MessageEvent<Order>) => {
  fill(data).catch((cause: Error) => say({ kind: "failed", text: cause.message }));
});
