import type { ComponentType } from "preact";
import { Notices } from "./parts/notices.tsx";
import { NoGpu } from "./parts/no-gpu.tsx";
import { engine } from "./state/engine.ts";
import { say } from "./state/notices.ts";
import { formatRoute, route, type View } from "./state/route.ts";
import { adapter, model } from "./state/session.ts";
import { news, phase } from "./state/training.ts";
import { AskView } from "./views/ask/ask-view.tsx";
import { BenchView } from "./views/bench/bench-view.tsx";
import { DataView } from "./views/data/data-view.tsx";
import { FilledView } from "./views/filled/filled-view.tsx";
import { PosteriorView } from "./views/posterior/posterior-view.tsx";
import { TrainView } from "./views/train/train-view.tsx";

/** The tabs in the order in which a newcomer needs them. */
const tabs: readonly { view: View; title: string; content: ComponentType }[] = [
  { view: "data", title: "Data", content: DataView },
  { view: "train", title: "Train", content: TrainView },
  { view: "filled", title: "Filled table", content: FilledView },
  { view: "ask", title: "Ask next", content: AskView },
  { view: "posterior", title: "Posterior", content: PosteriorView },
  { view: "bench", title: "Bench", content: BenchView },
];

/** The whole page. */
export function App() {
  const tab = tabs.find(({ view }) => view === route.value.view) ?? tabs[0];
  const Content = tab.content;
  return (
    <>
      <a class="skip" href="#main" onClick={focusMain}>
        Skip to the content
      </a>
      <header>
        <h1>
          <img src="icon.svg" alt="" width="28" height="28" /> hhvaem
        </h1>
        <nav aria-label="Parts of the page">
          {tabs.map(({ view, title }) => (
            <a href={formatRoute({ view, params: {} })} aria-current={view === tab.view ? "page" : undefined}>
              {title}
              {view === "train" && phase.value !== "idle" && <span class="badge"> {Math.round(100 * (news.value?.share ?? 0))} %</span>}
            </a>
          ))}
        </nav>
      </header>
      <Notices />
      <main id="main" tabIndex={-1}>
        <NoGpu />
        <Content key={tab.view} />
      </main>
      <footer>
        <p>
          {adapterText()}
          {model.value && ` · model: ${model.value.name}`}
        </p>
        <p>
          Your data stays in this tab and this browser's storage; nothing is sent anywhere.{" "}
          <button type="button" class="link" onClick={forgetEverything}>
            Forget everything
          </button>
        </p>
      </footer>
    </>
  );
}

function adapterText(): string {
  if (!adapter.value) return "looking for a GPU …";
  if ("missing" in adapter.value) return "no GPU";
  return `${adapter.value.name}${adapter.value.software ? " (a software adapter: slow)" : ""}`;
}

function focusMain(event: Event): void {
  // the fragment belongs to the tabs
  event.preventDefault();
  document.getElementById("main")!.focus();
}

async function forgetEverything(): Promise<void> {
  await engine.forgetAll();
  say({ kind: "note", text: "Nothing is kept in this browser any more. What is open in this tab stays until you close it." });
}
