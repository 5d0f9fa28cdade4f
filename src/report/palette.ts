/** How one curve is drawn: told apart by colour, and without colour by dashes and symbol. */
export interface SeriesStyle {
  colour: string;
  /** SVG stroke-dasharray; "none" for a solid line. */
  dash: string;
  symbol: "circle" | "square" | "triangle" | "diamond2";
}

// Okabe and Ito's colours, which people with colour-blindness tell apart too; their yellow is too light on white
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#333333"];
const dashes = ["none", "7 3", "2 2.5", "9 3 2 3"];
const symbols = ["circle", "square", "triangle", "diamond2"] as const;

/** The style of the i-th curve; 28 curves differ. */
export function seriesStyle(i: number): SeriesStyle {
  return { colour: colours[i % colours.length], dash: dashes[i % dashes.length], symbol: symbols[i % symbols.length] };
}
