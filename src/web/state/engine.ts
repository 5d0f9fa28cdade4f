import * as Comlink from "comlink";
import type { Engine } from "../engine/engine.ts";
import { say } from "./notices.ts";

const worker = new Worker(new URL("worker.js", document.baseURI), { type: "module", name: "hhvaem engine" });
worker.addEventListener("error", (event) => say({ kind: "error", text: `The engine stopped: ${event.message || "its script could not be loaded"}. Reload the page; what was kept in this browser is still there.` }));

/** An object in the worker: the same methods, each returning a promise. */
export type Calls<T> = { [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : Calls<T[K]> };

/** The engine in its worker. */
export const engine = Comlink.wrap<Engine>(worker) as unknown as Calls<Engine>;

/** A function that the worker may call. */
export function callback<F extends (...args: never[]) => void>(work: F): F & Comlink.ProxyMarked {
  return Comlink.proxy(work);
}

/** Bytes that move to the worker instead of being copied. */
export function moved(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return Comlink.transfer(bytes, [bytes.buffer]);
}
