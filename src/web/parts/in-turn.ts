type Work = () => void | Promise<void>;

const waiting: Work[] = [];
let running = false;

/** Runs pieces of drawing one at a time, each in a task of its own, so that many of them never hold up the page. Returns what cancels. */
export function inTurn(work: Work): () => void {
  waiting.push(work);
  if (!running) void run();
  return () => {
    const at = waiting.indexOf(work);
    if (at >= 0) waiting.splice(at, 1);
  };
}

async function run(): Promise<void> {
  running = true;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    await pause();
    await next();
  }
  running = false;
}

/** Lets input and frames go first. */
function pause(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
}
