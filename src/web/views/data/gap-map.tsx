import { useEffect, useRef, useState } from "preact/hooks";
import type { Gaps } from "../../engine/data/gaps.ts";
import { engine } from "../../state/engine.ts";
import { attempt } from "../../state/notices.ts";
import { described } from "../../state/session.ts";

const height = 240;

/** The table from far away: a column of pixels per column, dark where cells are missing; names and shares below. */
export function GapMap() {
  const info = described.value!;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [gaps, setGaps] = useState<Gaps>();
  useEffect(() => {
    let current = true;
    void attempt(() => engine.data.gaps(height)).then((found) => {
      if (current) setGaps(found);
    });
    return () => {
      current = false;
    };
  }, [info]);
  useEffect(() => {
    if (gaps && canvas.current) paint(canvas.current, gaps);
  }, [gaps]);
  if (!gaps) return null;
  const missing = info.columns.reduce((total, column) => total + column.missing, 0);
  return (
    <section>
      <h2>What is missing</h2>
      <p class="hint">
        {missing === 0 ? "Nothing: every cell is filled. A model can still predict, and say what is worth measuring in new rows." : "Each stripe is a column, the first row at the top; marked where cells are missing."}
      </p>
      {missing > 0 && (
        <figure class="gap-map">
          <canvas ref={canvas} width={gaps.columns} height={gaps.bands} role="img" aria-label={`Map of missing cells: ${info.columns.filter((column) => column.missing > 0).map((column) => `${column.name} ${column.missing}`).join(", ")}`} />
          <ol aria-hidden="true">
            {info.columns.map(({ name }) => (
              <li>{name}</li>
            ))}
          </ol>
        </figure>
      )}
    </section>
  );
}

function paint(canvas: HTMLCanvasElement, { bands, columns, share }: Gaps): void {
  const context = canvas.getContext("2d")!;
  const colours = getComputedStyle(canvas);
  const [full, hole] = ["--map-full", "--map-hole"].map((name) => rgb(colours.getPropertyValue(name)));
  const image = context.createImageData(columns, bands);
  share.forEach((missing, i) => {
    // a band with one hole among many rows is to be seen
    const strength = missing === 0 ? 0 : 0.25 + 0.75 * missing;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = full[c] + strength * (hole[c] - full[c]);
    image.data[4 * i + 3] = 255;
  });
  context.putImageData(image, 0, 0);
}

/** "#0b6e69" -> [11, 110, 105] */
function rgb(colour: string): number[] {
  const digits = colour.trim().replace("#", "");
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}
