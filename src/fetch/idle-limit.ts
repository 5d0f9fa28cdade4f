/** Aborts a request when its server has been silent for a while. How long all of it takes does not matter, nor how long our own disk does. */
export class IdleLimit {
  private readonly controller = new AbortController();
  reached = false;

  constructor(readonly ms: number) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Closes the connection. */
  end(): void {
    this.controller.abort();
  }

  /** What the server is waited for. */
  async during<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const timer = setTimeout(() => {
      // after a stall of this process what has come is read first
      setImmediate(() => {
        if (done) return;
        this.reached = true;
        this.controller.abort();
      });
    }, this.ms);
    try {
      return await work;
    } finally {
      done = true;
      clearTimeout(timer);
    }
  }
}
