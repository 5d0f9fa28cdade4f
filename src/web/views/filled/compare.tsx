import { useEffect, useState } from "preact/hooks";
import type { ColumnComparison, FilledColumn } from "../../engine/filled/answers-part.ts";
import { Chart, type Plot } from "../../parts/chart.tsx";
import { axisOf } from "../../parts/axis.ts";
import { engine } from "../../state/engine.ts";
import { filled } from "../../state/filled.ts";
import { attempt } from "../../state/notices.ts";

/** How what was filled in compares with what was observed, column by column. */
export function Compare({ columns }: { columns: readonly FilledColumn[] }) {
  return (
    <section>
      <h2>Observed and filled in</h2>
      <p class="hint">
        Draws for the holes against the values that were there. They need not agree: cells are often missing for a reason. <span class="key observed">observed</span> <span class="key imputed">filled in</span>
      </p>
      <div class="panels">
        {columns.map(({ name, column, filled: count, target }) => (
          <Comparison key={name} column={column} title={`${name}${target ? " (target)" : ""}`} count={count} />
        ))}
      </div>
    </section>
  );
}

function Comparison({ column, title, count }: { column: number; title: string; count: number }) {
  const [found, setFound] = useState<ColumnComparison>();
  useEffect(() => {
    let current = true;
    void attempt(() => engine.answers.compare(column)).then((comparison) => {
      if (current) setFound(comparison);
    });
    return () => {
      current = false;
    };
  }, [column, filled.value]);
  return (
    <figure>
      <figcaption>
        {title} <output>{count} holes</output>
      </figcaption>
      {found && <Chart label={`Observed against filled-in values of ${title}`} height={170} of={[found]} draw={(plot, width) => drawing(plot, width, found)} />}
    </figure>
  );
}

function drawing(plot: Plot, width: number, found: ColumnComparison) {
  const common = { width, height: 170, className: "plot", marginBottom: 30 };
  if (found.kind === "discrete") {
    const bars = found.levels.flatMap(({ label, observed, imputed }) => [
      { label, of: "observed", share: observed },
      { label, of: "filled in", share: imputed },
    ]);
    return plot.plot({
      ...common,
      fx: { label: null, padding: 0.2 },
      x: { axis: null, domain: ["observed", "filled in"], padding: 0 },
      y: { label: "share", labelArrow: "none", grid: true, ticks: 3 },
      color: { domain: ["observed", "filled in"], range: ["var(--accent)", "var(--second)"] },
      marks: [plot.barY(bars, { fx: "label", x: "of", y: "share", fill: "of", fillOpacity: 0.8 }), plot.ruleY([0])],
    });
  }
  const all = [...found.observed, ...found.imputed];
  const domain: [number, number] = [Math.min(...all), Math.max(...all)];
  const binned = (values: Float64Array, colour: string) =>
    plot.rectY(values, plot.binX({ y: "proportion" }, { x: (value: number) => value, thresholds: 24, domain, fill: colour, fillOpacity: 0.45, inset: 0 } as object));
  return plot.plot({
    ...common,
    x: { label: null, domain, ticks: 5, ...axisOf(found.format, width) },
    y: { label: "share", labelArrow: "none", grid: true, ticks: 3 },
    marks: [binned(found.observed, "var(--accent)"), binned(found.imputed, "var(--second)"), plot.ruleY([0])],
  });
}
