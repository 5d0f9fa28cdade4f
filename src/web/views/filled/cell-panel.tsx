import { useEffect, useState } from "preact/hooks";
import type { CellPosterior } from "../../engine/filled/filled-cell.ts";
import { Chart, type Plot } from "../../parts/chart.tsx";
import { axisOf } from "../../parts/axis.ts";
import { percent, spreadText, valueText } from "../../parts/numbers.ts";
import { engine } from "../../state/engine.ts";
import { chosenCell, filled, missingFeatures } from "../../state/filled.ts";
import { attempt } from "../../state/notices.ts";
import { formatRoute } from "../../state/route.ts";
import { model } from "../../state/session.ts";

/** What is believed about one hole: a density with its interval, or the probability of each level. */
export function CellPanel({ row, column }: { row: number; column: number }) {
  const [posterior, setPosterior] = useState<CellPosterior>();
  useEffect(() => {
    let current = true;
    // who runs through the holes by keys wants the last alone
    const soon = setTimeout(async () => {
      const found = await attempt(() => engine.answers.cell(row, column));
      if (current) setPosterior(found);
    }, 60);
    return () => {
      clearTimeout(soon);
      current = false;
    };
  }, [row, column, filled.value]);
  if (!posterior) return null;
  return (
    <section id="cell" aria-live="polite">
      <div class="panel-head">
        <h2>
          {posterior.name}, row {row + 1}
        </h2>
        <button type="button" class="quiet" aria-label="Close" title="Close" onClick={() => (chosenCell.value = undefined)}>
          ×
        </button>
      </div>
      <p>{inWords(posterior)}</p>
      {model.value!.targets.length > 0 && missingFeatures(row) > 0 && (
        <p>
          <a href={formatRoute({ view: "ask", params: { row: String(row + 1) } })}>Which missing value of this row to measure next</a>
        </p>
      )}
      <Chart label={`Posterior of ${posterior.name} in row ${row + 1}. ${inWords(posterior)}`} height={200} of={[posterior]} draw={(plot, width) => drawing(plot, width, posterior)} />
    </section>
  );
}

function inWords(posterior: CellPosterior): string {
  if (posterior.kind === "continuous") {
    const { value, sd, lower, upper, interval, format } = posterior;
    const [at, from, to] = [value, lower, upper].map((units) => valueText(units, format));
    return `Median ${at}, deviation ${spreadText(sd, format)}; with ${100 * interval} % probability between ${from} and ${to}.`;
  }
  const [first, second] = [...posterior.levels].sort((a, b) => b.probability - a.probability);
  const { set } = posterior;
  const among = !set || set.levels.length === posterior.levels.length ? "" : ` With ${100 * set.mass} % probability it is ${set.levels.length === 1 ? set.levels[0] : `one of ${set.levels.join(", ")}`}.`;
  return `${posterior.value} with probability ${percent(first.probability)}${second ? `; ${second.label} with ${percent(second.probability)}` : ""}.${among}`;
}

function drawing(plot: Plot, width: number, posterior: CellPosterior) {
  const common = { width, height: 200, className: "plot" };
  if (posterior.kind === "discrete") {
    const levels = [...posterior.levels].sort((a, b) => b.probability - a.probability).slice(0, 12);
    return plot.plot({
      ...common,
      height: 40 + 24 * levels.length,
      marginLeft: 120,
      x: { label: "probability", labelArrow: "none", domain: [0, 1], grid: true },
      y: { label: null, domain: levels.map(({ label }) => label) },
      marks: [plot.barX(levels, { y: "label", x: "probability", fill: "var(--second)" }), plot.ruleX([0])],
    });
  }
  const { x, density, lower, upper, value, name, format } = posterior;
  const points = Array.from(x, (at, i) => ({ at, density: density[i] }));
  return plot.plot({
    ...common,
    x: { label: name, labelArrow: "none", ...axisOf(format, width) },
    y: { label: "density", labelArrow: "none", ticks: 3, grid: true },
    marks: [
      plot.areaY(points.filter(({ at }) => at >= lower && at <= upper), { x: "at", y: "density", fill: "var(--second)", fillOpacity: 0.25 }),
      plot.lineY(points, { x: "at", y: "density", stroke: "var(--second)", strokeWidth: 1.8 }),
      plot.ruleX([value], { stroke: "var(--text)", strokeDasharray: "4,3" }),
      plot.ruleY([0]),
    ],
  });
}

