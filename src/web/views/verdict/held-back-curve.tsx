import { clock } from "../../../report/clock.ts";
import { Chart } from "../../parts/chart.tsx";

/** The error on rows held back against the time of the training. */
export function HeldBackCurve({ curve }: { curve: readonly (readonly [number, number])[] }) {
  const points = curve.map(([seconds, error]) => ({ seconds, error }));
  if (points.length < 2) return null;
  const last = points.at(-1)!;
  const errors = points.map(({ error }) => error);
  const [low, high] = [Math.min(...errors), Math.max(...errors)];
  const pad = 0.08 * (high - low || 1);
  return (
    <figure>
      <figcaption>
        Error on rows held back, by time of training: a flat end says that more time would bring little <output>{Number(last.error.toPrecision(3))}</output>
      </figcaption>
      <Chart
        label={`Error on rows held back: ${errors[0].toPrecision(3)} after ${clock(points[0].seconds)}, ${last.error.toPrecision(3)} after ${clock(last.seconds)}`}
        height={150}
        of={[points.length, last.seconds, last.error]}
        draw={(plot, width) =>
          plot.plot({
            width,
            height: 150,
            className: "plot",
            marginLeft: 48,
            x: { label: "minutes", labelArrow: "none", ticks: Math.max(3, Math.floor(width / 110)), tickFormat: (seconds: number) => clock(seconds) },
            y: { label: null, ticks: 4, grid: true, domain: [low - pad, high + pad] },
            marks: [plot.lineY(points, { x: "seconds", y: "error", stroke: "var(--accent)", strokeWidth: 1.8 }), plot.dot([last], { x: "seconds", y: "error", fill: "var(--accent)", r: 3 })],
          })
        }
      />
    </figure>
  );
}
