export { clock } from "./clock.ts";
export { curvePlot, type Curve, type Panel, type PlotSize } from "./curve-plot.ts";
export { figureSvg, type Figure } from "./figure.ts";
export { seriesStyle, type SeriesStyle } from "./palette.ts";
export { svgToPng, type DrawingFiles } from "./png.ts";
export { meanAndError, meanCurve, meanHeight } from "./summary.ts";
export { csvTable, markdownTable, withError } from "./tables.ts";
