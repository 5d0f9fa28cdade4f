import { signal } from "@preact/signals";

export const views = ["data", "train", "filled", "ask", "posterior", "bench"] as const;
export type View = (typeof views)[number];

/** Where the page is: in the URL behind "#", so that reload and back work. Never holds data, only places such as a row's number. */
export interface Route {
  view: View;
  params: Readonly<Record<string, string>>;
}

export const route = signal<Route>(parseRoute(location.hash));

addEventListener("hashchange", () => (route.value = parseRoute(location.hash)));

/** "#ask?row=12" -> { view: "ask", params: { row: "12" } }; anything unknown is the first view. */
export function parseRoute(hash: string): Route {
  const [name, query = ""] = hash.replace(/^#/, "").split("?");
  const view = views.find((known) => known === name) ?? "data";
  return { view, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function formatRoute({ view, params }: Route): string {
  const query = new URLSearchParams(params).toString();
  return `#${view}${query === "" ? "" : `?${query}`}`;
}

/** Goes to a view; the browser's back button returns. */
export function go(view: View, params: Record<string, string> = {}): void {
  location.hash = formatRoute({ view, params });
}

/** Changes parameters of the present view without a new step in the browser's history. */
export function setParams(params: Record<string, string | undefined>): void {
  const merged = Object.fromEntries(Object.entries({ ...route.value.params, ...params }).filter((entry): entry is [string, string] => entry[1] !== undefined));
  route.value = { view: route.value.view, params: merged };
  history.replaceState(null, "", formatRoute(route.value));
}

/** A whole number of the URL, if it is there and in range. */
export function numberParam(name: string, least: number, most: number): number | undefined {
  const text = route.value.params[name];
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}
