/** Aborts a request when nothing has come for a while; how long it takes in all does not matter. */
export class IdleLimit {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout>;
  reached = false;

  constructor(readonly ms: number) {
    this.timer = this.start();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something came. */
  restart(): void {
    clearTimeout(this.timer);
    this.timer = this.start();
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.reached = true;
      this.controller.abort();
    }, this.ms);
  }
}
