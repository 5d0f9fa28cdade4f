// What the page uses of Observable Plot, so that the rest stays out of the bundle.
export { areaY, barX, barY, binX, contour, dot, line, lineX, lineY, link, plot, rectY, ruleX, ruleY, text, tickX } from "@observablehq/plot";
