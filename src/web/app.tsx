import type { ComponentType } from "preact";
import { effect } from "@preact/signals";
import { Later } from "./parts/later.tsx";
import { Notices } from "./parts/notices.tsx";
import { NoGpu } from "./parts/no-gpu.tsx";
import { say } from "./state/notices.ts";
import { formatRoute, route, type View } from "./state/route.ts";
import { adapter, forgetKept, model, table } from "./state/session.ts";
import { news, phase } from "./state/training.ts";
import { DataView } from "./views/data/data-view.tsx";

interface Tab {
  view: View;
  title: string;
  params?: Record<string, string>;
  /** Fetched when the view is first shown. */
  load: () => Promise<ComponentType>;
}

const loadPosterior = async () => (await import("./views/posterior/posterior-view.tsx")).PosteriorView;

/** The tabs in the order in which a newcomer needs them. */
const tabs: readonly Tab[] = [
  { view: "data", title: "Data", load: async () => DataView },
  { view: "train", title: "Train", load: async () => (await import("./views/train/train-view.tsx")).TrainView },
  { view: "filled", title: "Filled table", load: async () => (await import("./views/filled/filled-view.tsx")).FilledView },
  { view: "ask", title: "Ask next", load: async () => (await import("./views/ask/ask-view.tsx")).AskView },
];

/** What the samplers and the device do. */
const expertTabs: readonly Tab[] = [
  { view: "posterior", title: "Posterior", load: loadPosterior },
  { view: "posterior", title: "Tuning", params: { show: "targets" }, load: loadPosterior },
  { view: "bench", title: "Bench", load: async () => (await import("./views/bench/bench-view.tsx")).BenchView },
];

/** Whether the page is at a tab: of two of one view, at the one whose parameters are there. */
function isAt({ view, params = {} }: Tab): boolean {
  const now = route.value;
  const tuning = now.params.show === "targets";
  return now.view === view && (view !== "posterior" || tuning === (params.show === "targets"));
}

function TabLink({ tab, current }: { tab: Tab; current: boolean }) {
  const { view, title, params = {} } = tab;
  return (
    <a href={formatRoute({ view, params })} aria-current={current ? "page" : undefined}>
      {title}
      {view === "train" && phase.value !== "idle" && <span class="badge"> {Math.round(100 * (news.value?.share ?? 0))} %</span>}
    </a>
  );
}

effect(() => {
  const { title } = [...tabs, ...expertTabs].find(isAt) ?? tabs[0];
  document.title = `${title}${table.value ? `, ${table.value.name}` : ""} – hhvaem`;
});

/** The whole page. */
export function App() {
  const tab = [...tabs, ...expertTabs].find(isAt) ?? tabs[0];
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
          {tabs.map((each) => (
            <TabLink tab={each} current={each === tab} />
          ))}
          <span class="experts">
            <span>For experts</span>
            {expertTabs.map((each) => (
              <TabLink tab={each} current={each === tab} />
            ))}
          </span>
        </nav>
      </header>
      <Notices />
      <main id="main" tabIndex={-1}>
        <NoGpu />
        {tab.view === "data" ? <DataView /> : <Later key={tab.view} load={tab.load} />}
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
  if (!confirm("Delete the table, the model and the unfinished training that this browser keeps for this page? This cannot be undone.")) return;
  await forgetKept();
  say({ kind: "note", text: "Nothing is kept in this browser any more. What is open in this tab stays until you close it." });
}
