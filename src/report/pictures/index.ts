export { encodePng } from "./encode-png.ts";
export { pictureGridSvg } from "./grid-svg.ts";
export { heatColour } from "./heat-colours.ts";
export type { PictureGrid, PictureGroup, Shown, Spread } from "./picture-grid.ts";
export { pixelMoments } from "./pixel-moments.ts";
