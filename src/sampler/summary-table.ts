import type { DrawsSummary } from "../math/diagnostics.ts";

const columns: readonly (readonly [string, (summary: DrawsSummary) => string])[] = [
  ["mean", ({ mean, mcseMean }) => rounded(mean, mcseMean)],
  ["mcse", ({ mcseMean }) => short(mcseMean)],
  ["sd", ({ standardDeviation, mcseStandardDeviation }) => rounded(standardDeviation, mcseStandardDeviation)],
  ["5%", ({ quantile5, mcseMean }) => rounded(quantile5, mcseMean)],
  ["50%", ({ median, mcseMean }) => rounded(median, mcseMean)],
  ["95%", ({ quantile95, mcseMean }) => rounded(quantile95, mcseMean)],
  ["ess bulk", ({ essBulk }) => essBulk.toFixed(0)],
  ["ess tail", ({ essTail }) => essTail.toFixed(0)],
  ["r-hat", ({ rHat }) => rHat.toFixed(3)],
];

/** A line per parameter, aligned, as Stan's users know it; digits that the draws do not know are left out. */
export function summaryTable(parameters: Readonly<Record<string, DrawsSummary>>): string {
  const lines = [["", ...columns.map(([title]) => title)], ...Object.entries(parameters).map(([name, summary]) => [name, ...columns.map(([, text]) => text(summary))])];
  const widths = lines[0].map((_, j) => Math.max(...lines.map((line) => line[j].length)));
  return lines.map((line) => line.map((text, j) => (j === 0 ? text.padEnd(widths[j]) : text.padStart(widths[j]))).join("  ").trimEnd()).join("\n");
}

/** A number to the first digit that its standard error leaves in doubt. */
function rounded(value: number, error: number): string {
  if (!Number.isFinite(value) || !(error > 0 && Number.isFinite(error))) return short(value);
  const decimals = Math.ceil(-Math.log10(error));
  if (decimals > 20) return short(value);
  const unit = 10 ** -decimals;
  return decimals >= 0 ? value.toFixed(decimals) : String(Math.round(value / unit) * unit);
}

/** Two digits that count. */
function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(2))) : String(value);
}
