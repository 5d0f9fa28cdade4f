/** What the worker is told: the text of a table, what to predict, how long to train. */
export interface Order {
  csv: string;
  target: string;
  ignore: string[];
  /** Steps of each stage; without them the whole schedule, which is for a GPU. */
  steps?: number;
}

export interface FilledCell {
  row: number;
  name: string;
  value: number;
  lower: number;
  upper: number;
}

/** What the worker says. */
export type News = { kind: "progress"; text: string } | { kind: "filled"; adapter: string; cells: FilledCell[] } | { kind: "failed"; text: string };
