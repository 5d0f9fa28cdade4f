/** One convolution of the encoder, or, mirrored, one transposed convolution of the decoder. */
export interface ConvLayer {
  /** Channels after it in the encoder, before it in the decoder. */
  channels: number;
  kernel: readonly [number, number];
  stride: number;
  padding: number;
}

/** Convolutional encoder and decoder over features that are the pixels of an image, in the order [C, H, W]. */
export interface ImageConfig {
  /** The architecture's name, for people to read. */
  architecture: string;
  height: number;
  width: number;
  channels: number;
  layers: readonly ConvLayer[];
  /** Batch normalisation behind every convolution but the last of the decoder. */
  batchNorm: boolean;
}

export interface ImageSizes {
  height: number;
  width: number;
  channels: number;
}

export const architectures = ["mnist", "celeba"] as const;
export type Architecture = (typeof architectures)[number];

/** The architecture that suits pictures of this size: small ones are read by three convolutions, larger ones by five. */
export function suitingArchitecture({ height, width }: ImageSizes): Architecture {
  return Math.min(height, width) > 40 ? "celeba" : "mnist";
}

/**
 * The layers of the authors' networks for pictures of any size; a layer that a small picture has no use for is left out. (Peis et al. 2022, models.md)
 * mnist: 5x5, stride 2, 16-32-32 channels. celeba: 4x4, stride 2, 32-32-64-64 channels, then all that is left to 512; batch normalisation.
 */
export function imageConfig(architecture: Architecture, { height, width, channels }: ImageSizes): ImageConfig {
  const halving = (size: number, channelsAfter: readonly number[], kernel: number, padding: number): ConvLayer[] =>
    channelsAfter.slice(0, Math.max(1, Math.floor(Math.log2(size)))).map((after) => ({ channels: after, kernel: [kernel, kernel], stride: 2, padding }));
  const smaller = Math.min(height, width);
  const base = { architecture, height, width, channels };
  if (architecture === "mnist") return { ...base, layers: halving(smaller, [16, 32, 32], 5, 2), batchNorm: false };
  const config = { ...base, layers: halving(smaller, [32, 32, 64, 64], 4, 1), batchNorm: true };
  const { height: h, width: w } = planes(config)[config.layers.length];
  return { ...config, layers: [...config.layers, { channels: 512, kernel: [h, w], stride: 1, padding: 0 }] };
}

/** Channels, height and width before the first layer of the encoder and after each one. */
export function planes({ height, width, channels, layers }: ImageConfig): ImageSizes[] {
  const after = (size: number, kernel: number, { stride, padding }: ConvLayer): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const sizes: ImageSizes[] = [{ height, width, channels }];
  for (const layer of layers) {
    const before = sizes[sizes.length - 1];
    sizes.push({ channels: layer.channels, height: after(before.height, layer.kernel[0], layer), width: after(before.width, layer.kernel[1], layer) });
  }
  return sizes;
}

/** Entries of a plane. */
export function planeSize({ height, width, channels }: ImageSizes): number {
  return height * width * channels;
}

/** Entries after the last convolution: what joins the mask and the targets in the encoder. */
export function flatSize(config: ImageConfig): number {
  return planeSize(planes(config)[config.layers.length]);
}

/** What the transposed convolution that mirrors a layer adds on the far side, so that it gives back the size before the layer. [y, x] */
export function outputPadding(before: ImageSizes, after: ImageSizes, { kernel, stride, padding }: ConvLayer): [number, number] {
  // H = (H' - 1) stride - 2 padding + kernel + output padding
  const lacking = (from: number, to: number, k: number): number => to - ((from - 1) * stride - 2 * padding + k);
  return [lacking(after.height, before.height, kernel[0]), lacking(after.width, before.width, kernel[1])];
}

const mostOfAny = 65_536;

/** What is wrong with a configuration from a file, as "expected ..." for people to read; undefined: nothing. */
export function imageConfigProblem(value: unknown): string | undefined {
  const { height, width, channels, layers, batchNorm, architecture } = (typeof value === "object" && value !== null ? value : {}) as Partial<ImageConfig>;
  const whole = (number: unknown, least: number): boolean => Number.isInteger(number) && (number as number) >= least && (number as number) <= mostOfAny;
  if (typeof architecture !== "string") return "image.architecture to be a text";
  if (![height, width, channels].every((size) => whole(size, 1))) return "image.height, width and channels to be whole numbers from 1 on";
  if (typeof batchNorm !== "boolean") return "image.batchNorm to be true or false";
  const fits = (layer: Partial<ConvLayer> | null): boolean =>
    typeof layer === "object" && layer !== null && whole(layer.channels, 1) && Array.isArray(layer.kernel) && layer.kernel.length === 2 && layer.kernel.every((k) => whole(k, 1)) && whole(layer.stride, 1) && whole(layer.padding, 0);
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > 32 || !layers.every(fits)) return "image.layers to be 1 to 32 layers with channels, kernel [y, x], stride and padding";
  const config = value as ImageConfig;
  const sizes = planes(config);
  if (sizes.some((size) => !whole(size.height, 1) || !whole(size.width, 1))) return "image.layers to leave at least one pixel";
  const restored = config.layers.every((layer, l) => outputPadding(sizes[l], sizes[l + 1], layer).every((extra) => extra >= 0 && extra < layer.stride));
  return restored ? undefined : "image.layers to be such that transposed convolutions give back every size";
}
