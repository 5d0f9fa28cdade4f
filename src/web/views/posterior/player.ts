import { signal } from "@preact/signals";

/** Seconds that a transition takes. */
const secondsPerTransition = 0.9;

/** Where an animation is, in transitions; it ends where everything has been shown. */
export class Player {
  readonly now;
  readonly playing = signal(false);
  private frame = 0;
  private last = 0;

  constructor(readonly duration: number) {
    this.now = signal(duration);
  }

  /** Goes on, from the start if it has ended. */
  play(): void {
    if (this.playing.value || this.duration === 0) return;
    if (this.now.value >= this.duration) this.now.value = 0;
    this.playing.value = true;
    this.last = performance.now();
    this.frame = requestAnimationFrame(this.step);
  }

  pause(): void {
    cancelAnimationFrame(this.frame);
    this.playing.value = false;
  }

  seek(now: number): void {
    this.pause();
    this.now.value = Math.min(this.duration, Math.max(0, now));
  }

  private readonly step = (at: number): void => {
    // a tab that was away does not jump
    const seconds = Math.min(0.1, Math.max(0, (at - this.last) / 1000));
    this.last = at;
    this.now.value = Math.min(this.duration, this.now.value + seconds / secondsPerTransition);
    if (this.now.value >= this.duration) this.pause();
    else this.frame = requestAnimationFrame(this.step);
  };
}

/** Whether the user asked for less motion. */
export function lessMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
