import type { Label, Screen } from "./axes.ts";
import { pageDevice } from "./page-device.ts";
import { Renderer, type Colour } from "./renderer.ts";
import type { Scene } from "./scene.ts";
import { surfaceOf, type Surface } from "./surface.ts";
import { onScreen, type View } from "./view.ts";

export interface StageContent {
  readonly scene: Scene;
  readonly view: View;
  /** What stands at the axes, given where points are on the canvas. */
  readonly labels: (screen: Screen) => readonly Label[];
}

const mostScale = 2;
/** Devices lost in a row after which it makes no sense to try again. */
const mostLosses = 3;

/**
 * A canvas that shows a scene and draws again only when something has changed and it can be seen. A lost device is
 * replaced.
 */
export class Stage {
  private renderer: Renderer | undefined;
  private surface: Surface | undefined;
  private shown: Scene | undefined;
  private now = Infinity;
  private waiting = 0;
  private missed = false;
  private visible = true;
  private ended = false;
  private losses = 0;
  private readonly watches: (() => void)[] = [];

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly overlay: HTMLElement,
    private content: StageContent,
    private readonly onFailure: (message: string) => void,
  ) {
    const sizes = new ResizeObserver(() => this.invalidate());
    sizes.observe(canvas);
    const sight = new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      this.invalidate();
    });
    sight.observe(canvas);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const repaint = (): void => {
      this.renderer?.paint(this.colourOf);
      this.invalidate();
    };
    dark.addEventListener("change", repaint);
    this.watches.push(() => sizes.disconnect(), () => sight.disconnect(), () => dark.removeEventListener("change", repaint));
    void this.start();
  }

  /** Shows something else, or the same from elsewhere. */
  show(content: StageContent): void {
    this.content = content;
    this.invalidate();
  }

  /** Sets where the animation is, in transitions. */
  at(now: number): void {
    if (now === this.now) return;
    this.now = now;
    this.invalidate();
  }

  /** Asks for a picture with the next frame, if the canvas can be seen. */
  invalidate(): void {
    if (this.waiting !== 0 || !this.visible || this.ended) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  end(): void {
    this.ended = true;
    cancelAnimationFrame(this.waiting);
    for (const stop of this.watches) stop();
    this.renderer?.destroy();
    this.surface?.end();
  }

  private async start(): Promise<void> {
    try {
      const page = await pageDevice();
      if (this.ended) return;
      const surface = surfaceOf(this.canvas, page, () => this.missed && this.invalidate());
      const renderer = await Renderer.create(page.device, surface.format);
      if (this.ended) {
        renderer.destroy();
        return surface.end();
      }
      this.surface = surface;
      this.renderer = renderer;
      this.shown = undefined;
      void page.device.lost.then(() => this.lost());
      this.invalidate();
    } catch (cause) {
      if (!this.ended) this.onFailure((cause as Error).message);
    }
  }

  private lost(): void {
    this.renderer = undefined;
    this.surface?.end();
    if (this.ended) return;
    if (++this.losses > mostLosses) this.onFailure("the GPU for drawing was lost again and again.");
    else void this.start();
  }

  private draw(): void {
    const { canvas, renderer, surface } = this;
    const [cssWidth, cssHeight] = [canvas.clientWidth, canvas.clientHeight];
    if (!renderer || !surface || cssWidth === 0 || cssHeight === 0) return;
    const scale = Math.min(mostScale, devicePixelRatio);
    const [width, height] = [Math.round(cssWidth * scale), Math.round(cssHeight * scale)];
    const target = surface.target(width, height);
    // drawn when the last picture has arrived
    this.missed = !target;
    if (!target) return;
    const { scene, view, labels } = this.content;
    if (this.shown !== scene) {
      renderer.show(scene, this.colourOf);
      this.shown = scene;
    }
    const matrix = view.matrix(cssWidth, cssHeight);
    renderer.draw(target, { matrix, width, height, scale, now: this.now, haze: view.haze, clip: view.clip?.(cssWidth, cssHeight) });
    surface.present();
    place(this.overlay, labels((point) => onScreen(matrix, point, cssWidth, cssHeight)), cssWidth);
    // for tests, and for people who wonder
    canvas.dataset.pictures = String(Number(canvas.dataset.pictures ?? 0) + 1);
  }

  private readonly colourOf = (name: string): Colour => {
    const digits = getComputedStyle(this.canvas).getPropertyValue(name).trim().replace("#", "");
    return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255) as unknown as Colour;
  };
}

/** About how wide a letter is, in pixels. */
const letter = 6.2;

/** Puts the labels where they belong, titles so that they can be read to their end; elements are used again. */
function place(overlay: HTMLElement, labels: readonly Label[], width: number): void {
  while (overlay.childElementCount < labels.length) overlay.append(document.createElement("span"));
  Array.from(overlay.children, (child, i) => {
    const element = child as HTMLElement;
    const label = labels[i] as Label | undefined;
    element.hidden = !label;
    if (!label) return;
    if (element.textContent !== label.text) element.textContent = label.text;
    element.className = label.kind;
    const left = label.anchor === "start" ? 0 : label.text.length * letter * (label.anchor === "end" ? 1 : 0.5);
    const x = label.kind === "title" ? Math.max(left, Math.min(width - label.text.length * letter + left, label.x)) : label.x;
    element.style.transform = `translate(${x.toFixed(1)}px, ${label.y.toFixed(1)}px) translate(${label.anchor === "start" ? 0 : label.anchor === "end" ? -100 : -50}%, -50%)`;
  });
}
