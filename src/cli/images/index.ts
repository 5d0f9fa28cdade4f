// Pictures as the library offers them: files in and out, masks, and how they become the tables that models learn from.
export { filesOfImages, loadImages, holdsImages, type ImageOptions } from "./load-images.ts";
export { loadMask } from "./load-mask.ts";
export { writePictures } from "../output/drawings.ts";
export { codeImages, drawMasks, imageSchema, parseMask, pixelIntensities, selectImages, toBytes, withObserved, type ImageSchemaOptions, type ImageSet, type PixelKind, type PixelMask, type SchemaImage } from "../../data/index.ts";
export { pixelMoments, type PictureGrid, type PictureGroup } from "../../report/pictures/index.ts";
