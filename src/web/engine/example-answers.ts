/** What the finished example's model said of its table when it was made: shown before anything is computed here. */
export interface ExampleAnswers {
  rows: number;
  holes: number;
  columns: string[];
  /** Rows with holes and what fills them. */
  shown: { row: number; cells: (string | { text: string; uncertainty: number; between?: [string, string] })[] }[];
  target: string;
  /** The prediction for a car of which nothing is known, and after each answer; `next`: what is asked then. */
  steps: { value: number; lower: number; upper: number; answered?: { name: string; text: string }; next?: string }[];
  verdict: string;
  /** Rows that it was checked by. */
  checked: number;
}
