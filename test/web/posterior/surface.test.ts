import { expect, it } from "vitest";
import { unpremultiply } from "../../../src/web/views/posterior/space/surface.ts";

it("colours come back from their product with alpha; what is opaque or not there stays", () => {
  const pixels = Uint8ClampedArray.from([128, 64, 0, 128, 10, 20, 30, 255, 0, 0, 0, 0, 3, 3, 0, 3]);
  unpremultiply(pixels);
  expect(Array.from(pixels)).toEqual([255, 128, 0, 128, 10, 20, 30, 255, 0, 0, 0, 0, 255, 255, 0, 3]);
});
