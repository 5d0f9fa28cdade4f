// Pictures as the library offers them wherever it runs: how their bytes become the tables that models learn from, and masks.
export { codeImages, drawMasks, imageSchema, parseMask, pixelIntensities, selectImages, toBytes, withObserved, type ImageSchemaOptions, type ImageSet, type PixelKind, type PixelMask, type SchemaImage } from "../data/index.ts";
export { pixelMoments } from "../report/pictures/pixel-moments.ts";
