import type { Column } from "../schema/column.ts";
import type { TableProblem } from "../table-error.ts";
import { formatSize, type ImageSize } from "./image-set.ts";
import { pixelCodings, pixelKinds, type PixelKind } from "./pixel-coding.ts";
import { shownValue } from "../../math/shown-value.ts";

/** Says that a schema's features are the pixels of a picture, in the order channel, row, column. */
export interface SchemaImage extends ImageSize {
  pixels: PixelKind;
}

const channelNames = [".r", ".g", ".b"];

/** Names of the feature columns, in their order [C, H, W]: "y3x5", with colours "y3x5.r", ".g", ".b". */
export function pixelNames({ height, width, channels }: ImageSize): string[] {
  const names: string[] = [];
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) names.push(`y${y}x${x}${channels === 1 ? "" : channelNames[c]}`);
  }
  return names;
}

/** What is wrong with a schema's `image`, given columns that are right. */
export function imageProblems({ image, columns }: { image?: SchemaImage; columns: readonly Column[] }): TableProblem[] {
  if (image === undefined) return [];
  const problem = (message: string): TableProblem[] => [{ message: `image: ${message}` }];
  if (typeof image !== "object" || image === null) return problem(`expected an object, got ${shownValue(image)}.`);
  const { height, width, channels, pixels } = image;
  const sizes = Object.entries({ height, width }).flatMap(([name, value]) => (Number.isInteger(value) && value >= 1 ? [] : problem(`expected ${name} to be a whole number from 1, got ${shownValue(value)}.`)));
  if (channels !== 1 && channels !== 3) sizes.push(...problem(`expected 1 or 3 channels, got ${shownValue(channels)}.`));
  if (!pixelKinds.includes(pixels)) sizes.push(...problem(`expected pixels to be ${pixelKinds.map((kind) => `"${kind}"`).join(", ")}, got ${shownValue(pixels)}.`));
  if (sizes.length > 0) return sizes;
  const features = columns.filter((column) => column.role === "feature");
  const remedy = "correct the columns, or take image out.";
  if (features.length !== height * width * channels) return problem(`${formatSize(image)}, needs ${height * width * channels} features, got ${features.length}; ${remedy}`);
  const names = pixelNames(image);
  const other = features.findIndex((column, i) => column.name !== names[i]);
  if (other >= 0) return problem(`expected feature ${other + 1} to be "${names[other]}", got "${features[other].name}"; ${remedy}`);
  const { type } = pixelCodings[pixels];
  const odd = features.find((column) => column.type !== type);
  return odd === undefined ? [] : [{ column: odd.name, message: `${pixels} pixels have the type "${type}", got "${odd.type}"; ${remedy}` }];
}
