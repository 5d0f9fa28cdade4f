/**
 * Dawn in Node asks by `setImmediate` over and over whether the device has finished, which keeps a processor core busy: on a
 * software adapter, a core that the kernels could use. Here the first questions of a wait come at once, for short work, and
 * later ones once a millisecond. Only native callbacks, such as Dawn's, are slowed down.
 */

type Immediate = (callback: (...args: never[]) => void, ...args: unknown[]) => unknown;

/** Questions in a row that come at once: together a fraction of a millisecond. */
const eager = 50;

let asked = 0;
let installed = false;

/** Makes Dawn wait without spinning; a second call changes nothing. Without `setImmediate` (a browser) there is nothing to do. */
export function pacePolling(): void {
  const scope = globalThis as unknown as { setImmediate?: Immediate };
  const original = scope.setImmediate;
  if (installed || !original) return;
  installed = true;
  scope.setImmediate = (callback, ...args) => {
    if (!isNative(callback) || asked++ < eager) return original(callback, ...args);
    return setTimeout(callback as () => void, 1);
  };
}

/** A new wait begins: its first questions come at once again. */
export function beginWait(): void {
  asked = 0;
}

function isNative(callback: object): boolean {
  return Function.prototype.toString.call(callback).endsWith("{ [native code] }");
}
