import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Player } from "./player.ts";
import { Stage, type StageContent } from "./space/stage.ts";
import type { View } from "./space/view.ts";

interface ViewerProps {
  content: StageContent;
  player: Player;
  /** What is seen, for people who do not see it. */
  label: string;
  /** Given where the view can be turned. */
  onView?: (change: (view: View) => View) => void;
  onHome?: () => void;
  /** Width over height; default: the style sheet's. */
  aspect?: number;
}

/** Radians a key turns, and the factor of one step of the zoom. */
const keyTurn = Math.PI / 24;
const zoomStep = 1.15;

/** A scene drawn by WebGPU, to be turned with pointer and keys. */
export function Viewer({ content, player, label, onView, onHome, aspect }: ViewerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage>(undefined);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    const made = new Stage(canvas.current!, overlay.current!, content, setFailure);
    stage.current = made;
    return () => made.end();
  }, []);
  useEffect(() => stage.current?.show(content), [content]);
  useEffect(() => effect(() => stage.current?.at(player.now.value)), [player]);
  useEffect(() => {
    if (!onView) return undefined;
    return followPointer(canvas.current!, onView);
  }, []);
  const keys = (event: KeyboardEvent): void => {
    const turns: Record<string, [number, number]> = { ArrowLeft: [-keyTurn, 0], ArrowRight: [keyTurn, 0], ArrowUp: [0, keyTurn], ArrowDown: [0, -keyTurn] };
    const turn = turns[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (turn) onView!((view) => view.turned(...turn));
    else if (event.key === "+" || event.key === "=") onView!((view) => view.zoomed(zoomStep));
    else if (event.key === "-" || event.key === "_") onView!((view) => view.zoomed(1 / zoomStep));
    else if (event.key === "0" || event.key === "Home") onHome?.();
    else if (event.key === " ") (player.playing.value ? player.pause : player.play).call(player);
    else return;
    event.preventDefault();
  };
  return (
    <div class="viewer">
      {onView ? (
        <canvas ref={canvas} role="application" aria-roledescription="3-D view" aria-label={label} aria-describedby="viewer-keys" tabIndex={0} onKeyDown={keys} />
      ) : (
        <canvas ref={canvas} role="img" aria-label={label} style={{ aspectRatio: aspect }} />
      )}
      <div class="labels" ref={overlay} aria-hidden="true" />
      {onView && (
        <p class="tools">
          <button type="button" aria-label="Nearer" title="Nearer" onClick={() => onView((view) => view.zoomed(zoomStep))}>
            +
          </button>
          <button type="button" aria-label="Farther" title="Farther" onClick={() => onView((view) => view.zoomed(1 / zoomStep))}>
            −
          </button>
          <button type="button" onClick={onHome}>
            Reset
          </button>
        </p>
      )}
      {failure && <p class="failure">It cannot be drawn here: {failure} The numbers are in the table.</p>}
    </div>
  );
}

/** Turns by dragging, zooms by pinching, and by the wheel where the canvas has the focus. Returns what ends it. */
function followPointer(canvas: HTMLCanvasElement, onView: NonNullable<ViewerProps["onView"]>): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  const spread = (): number => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  const down = (event: PointerEvent): void => {
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    canvas.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    const apart = pointers.size === 2 ? spread() : undefined;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    // the height of the canvas is half a turn
    const perPixel = Math.PI / canvas.clientHeight / pointers.size;
    onView((view) => {
      const turned = view.turned(dx * perPixel, dy * perPixel);
      return apart === undefined ? turned : turned.zoomed(spread() / Math.max(1, apart));
    });
  };
  const up = (event: PointerEvent): void => void pointers.delete(event.pointerId);
  const wheel = (event: WheelEvent): void => {
    // elsewhere the wheel scrolls the page
    if (document.activeElement !== canvas && !event.ctrlKey) return;
    event.preventDefault();
    onView((view) => view.zoomed(Math.exp(-0.0015 * event.deltaY * (event.deltaMode === 1 ? 16 : 1))));
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) canvas.addEventListener(name, up);
  canvas.addEventListener("wheel", wheel, { passive: false });
  return () => {
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) canvas.removeEventListener(name, up);
    canvas.removeEventListener("wheel", wheel);
  };
}
