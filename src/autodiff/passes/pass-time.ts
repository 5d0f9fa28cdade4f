import { workOf } from "../compile/bundle.ts";
import { lanes, type Pass, type Task } from "./partition.ts";

// Microseconds on a large GPU, roughly: what matters is which partition is faster, not by how much.
const dispatchTime = 8;
const stepTime = 0.7;
/** What all lanes of a workgroup need to load one element each. */
const loadTime = 0.005;
/** Workgroups that run at once. */
const groupsAtOnce = 128;

/** How long the passes should take, one after the other. */
export function passesTime(passes: readonly Pass[]): number {
  return passes.reduce((total, pass) => total + dispatchTime + Math.max(...pass.map(taskTime)), 0);
}

function taskTime({ steps, rows, rowsPerGroup }: Task): number {
  const groups = Math.min(groupsAtOnce, Math.ceil(rows / rowsPerGroup));
  return steps.reduce((total, { step }) => total + stepTime + (loadTime * workOf(step)) / (lanes * groups), 0);
}
