import type { Page } from "playwright-core";

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  ts: number;
  /** Duration on the clock and of processor time, microseconds. */
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

export interface LongestTask {
  /** Milliseconds of processor time of the task that took most of it. */
  processor: number;
  /** Milliseconds on the clock of the task that took longest, interruptions by other programs included. */
  wall: number;
  tasks: number;
}

/** Records the tasks of the page's main thread from now on. */
export async function traceTasks(page: Page): Promise<{ longest(): Promise<LongestTask> }> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ["toplevel"] });
  return {
    async longest() {
      const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
      const place = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
      const main = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(place));
      const tasks = traceEvents.filter((event) => event.name.endsWith("RunTask") && event.dur !== undefined && main.has(place(event)));
      const most = (of: (task: TraceEvent) => number): number => tasks.reduce((longest, task) => Math.max(longest, of(task) / 1000), 0);
      return { processor: most((task) => task.tdur ?? task.dur!), wall: most((task) => task.dur!), tasks: tasks.length };
    },
  };
}
