import cars from "@observablehq/sample-datasets/cars.csv?raw";
import type { News, Order } from "./messages";

const status = document.querySelector("#status")!;
const table = document.querySelector("table")!;
// everything is computed in a worker, so that the page never waits
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

worker.addEventListener("message", ({ data }: MessageEvent<News>) => {
  if (data.kind !== "filled") {
    status.textContent = data.text;
    return;
  }
  for (const { row, name, value, lower, upper } of data.cells) {
    const line = table.insertRow();
    for (const text of [`row ${row + 1}`, name, value.toFixed(1), `${lower.toFixed(1)} to ${upper.toFixed(1)}`]) line.insertCell().textContent = text;
  }
  status.textContent = `${data.cells.length} holes filled on ${data.adapter}; the intervals hold 90 %.`;
});

// ?steps=50 tries it out where there is no GPU
const steps = new URLSearchParams(location.search).get("steps");
const order: Order = { csv: cars, target: "economy (mpg)", ignore: ["name"], ...(steps !== null && { steps: Number(steps) }) };
worker.postMessage(order);
