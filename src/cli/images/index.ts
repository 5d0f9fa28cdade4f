export { loadImages, holdsImages, type ImageOptions } from "./load-images.ts";
export { loadMask } from "./load-mask.ts";
export { writePictures } from "../output/drawings.ts";
