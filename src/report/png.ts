import { optionalPackage } from "./optional-package.ts";

/** What drawing needs besides the picture; bytes, because this layer reads no files. */
export interface DrawingFiles {
  /** resvg's WebAssembly. */
  wasm: Uint8Array;
  /** TrueType, OpenType or WOFF2 fonts of the family "Source Sans 3": a bare machine has none. */
  fonts: readonly Uint8Array[];
}

let ready: Promise<void> | undefined;

/** The SVG as a PNG on white; `scale` pixels per unit of the drawing. */
export async function svgToPng(svg: string, files: DrawingFiles, scale = 2): Promise<Uint8Array> {
  const { initWasm, Resvg } = await optionalPackage("@resvg/resvg-wasm", import("@resvg/resvg-wasm"));
  ready ??= initWasm(files.wasm as unknown as BufferSource);
  await ready;
  const family = "Source Sans 3";
  const drawing = new Resvg(svg, { background: "white", fitTo: { mode: "zoom", value: scale }, font: { fontBuffers: [...files.fonts], defaultFontFamily: family, sansSerifFamily: family } });
  try {
    const image = drawing.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    drawing.free();
  }
}
