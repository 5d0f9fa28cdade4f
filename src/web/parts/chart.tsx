import { useEffect, useRef } from "preact/hooks";
import type * as PlotModule from "./plot.ts";
import { inTurn } from "./in-turn.ts";

/** The pieces of Observable Plot that the page uses. */
export type Plot = typeof PlotModule;
export type Drawing = HTMLElement | SVGSVGElement;

interface ChartProps {
  /** What the chart shows, for people who do not see it. */
  label: string;
  /** Draws at a width in CSS pixels; called again when the width or `of` changes. */
  draw: (Plot: Plot, width: number) => Drawing;
  /** What the drawing depends on; compared by identity. */
  of: readonly unknown[];
  height: number;
}

let library: Promise<Plot> | undefined;

/** A chart by Observable Plot, as wide as its place. */
export function Chart({ label, draw, of, height }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useRef(0);
  const latest = useRef(draw);
  latest.current = draw;

  useEffect(() => {
    const element = place.current!;
    let cancel = (): void => {};
    const redraw = (): void => {
      cancel();
      cancel = inTurn(() => paint(element, latest.current, width.current));
    };
    const observer = new ResizeObserver(([entry]) => {
      const now = Math.floor(entry.contentRect.width);
      if (now === width.current || now === 0) return;
      width.current = now;
      redraw();
    });
    observer.observe(element);
    if (width.current > 0) redraw();
    return () => {
      observer.disconnect();
      cancel();
    };
  }, of);

  return <div class="chart" role="img" aria-label={label} ref={place} style={{ minHeight: `${height}px` }} />;
}

async function paint(place: HTMLElement, draw: ChartProps["draw"], width: number): Promise<void> {
  library ??= import("./plot.ts");
  const drawing = draw(await library, width);
  // Plot puts a <style> into its drawings, which the page's policy forbids; style.css has the rules instead
  drawing.querySelectorAll("style").forEach((style) => style.remove());
  place.replaceChildren(drawing);
}
