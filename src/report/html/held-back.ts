import { fewCells } from "../calibration.ts";
import { draw } from "./draw.ts";
import { figure, grid, htmlTable } from "./page.ts";

/** What cells of a column showed that were held back from the training. */
export interface HeldBackColumn {
  name: string;
  /** Cells of different rows. */
  cells: number;
  /** Of numbers: the shares of truths in equal parts of their predictive distributions, and within central intervals of 50 and 90 %, both before calibration. */
  pit?: readonly number[];
  covered?: { half: number; ninety: number };
  /** Of numbers: by how much 90 % intervals were widened; of levels: the temperature of their probabilities. */
  factor: number;
}

/** What was found on held-back rows and how answers were calibrated by it: a histogram of the truths' places for each column of numbers, and a table. */
export async function heldBackColumns(columns: readonly HeldBackColumn[]): Promise<string> {
  const figures: string[] = [];
  for (const { name, cells, pit } of columns) {
    if (!pit) continue;
    const bars = pit.map((share, i) => ({ x1: i / pit.length, x2: (i + 1) / pit.length, share: share * pit.length }));
    figures.push(figure(name, `${cells} cells`, await draw(`${name}: places of held-back truths in their predictive distributions`, (Plot) => ({
      width: 260, height: 120, x: { label: null, domain: [0, 1], ticks: 5 }, y: { label: null, ticks: 3 },
      marks: [Plot.rectY(bars, { x1: "x1", x2: "x2", y: "share", fill: "var(--a)", fillOpacity: 0.6 }), Plot.ruleY([1], { stroke: "currentColor", strokeDasharray: "4 3" }), Plot.ruleY([0])],
    }))));
  }
  const percent = (share: number | undefined): string => (share === undefined ? "" : `${(100 * share).toFixed(0)} %`);
  const rows = columns.map(({ name, cells, covered, pit, factor }) => [name, String(cells), percent(covered?.half), percent(covered?.ninety), pit || covered ? `× ${factor.toFixed(2)}` : "", pit || covered ? "" : factor.toFixed(2), cells < fewCells ? "few cells: goes with the other columns" : ""]);
  return `${grid(figures)}${htmlTable(["column", "cells", "within 50 % before", "within 90 % before", "90 % intervals now", "temperature now", ""], rows)}`;
}
