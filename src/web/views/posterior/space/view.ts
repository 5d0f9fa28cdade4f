import { mat4, vec3, vec4, type Mat4 } from "wgpu-matrix";

export type Point = readonly [number, number, number];
export type Range = readonly [number, number];

/** What a scene takes up: low and high of x, y and z. */
export type Bounds = readonly [Range, Range, Range];

/** How a scene is looked at: from somewhere around it, or flat. Views are values; to turn is to get another. */
export interface View {
  /** To clip space, for a canvas of this size. */
  matrix(width: number, height: number): Mat4;
  /** Distances from the eye between which things pale; undefined: they do not. */
  readonly haze?: Range;
  /** The part of the canvas that is drawn on, in CSS pixels from its upper left corner: x, y, width, height; absent: all of it. */
  clip?(width: number, height: number): readonly [number, number, number, number];
  turned(across: number, up: number): View;
  zoomed(factor: number): View;
}

export interface Eye {
  /** Angle about the vertical axis and above the horizontal plane, in radians. */
  readonly azimuth: number;
  readonly elevation: number;
  /** In radii of the scene. */
  readonly distance: number;
}

const fieldOfView = (30 * Math.PI) / 180;
const home: Eye = { azimuth: -0.95, elevation: 0.36, distance: 3.9 };
const mostElevation = (88 * Math.PI) / 180;
const distances: Range = [1.1, 14];
/** Half sides of the box that any scene is stretched to: axes have units of their own. */
const box = [1, 1, 0.85] as const;
const radius = Math.hypot(...box);

/** An eye on a sphere about the scene, z upwards; each axis is stretched so that the scene fills a box. */
export class OrbitView implements View {
  constructor(
    readonly bounds: Bounds,
    readonly eye: Eye = home,
  ) {}

  get haze(): Range {
    const away = this.eye.distance * radius;
    return [away - 0.9 * radius, away + 1.1 * radius];
  }

  matrix(width: number, height: number): Mat4 {
    const aspect = width / height;
    const { azimuth, elevation, distance } = this.eye;
    // farther on a canvas that is narrower than high, so that the box fits
    const away = (distance * radius) / Math.min(1, aspect);
    const level = away * Math.cos(elevation);
    const eye = [level * Math.cos(azimuth), level * Math.sin(azimuth), away * Math.sin(elevation)];
    const lens = mat4.perspective(fieldOfView, aspect, Math.max(0.01, away - 3 * radius), away + 3 * radius);
    const stretch = this.bounds.map(([low, high], i) => box[i] / Math.max(1e-9, (high - low) / 2));
    const centre = this.bounds.map(([low, high]) => (low + high) / 2);
    const place = mat4.translate(mat4.scaling(stretch), vec3.negate(centre));
    return mat4.multiply(mat4.multiply(lens, mat4.lookAt(eye, [0, 0, 0], [0, 0, 1])), place);
  }

  turned(across: number, up: number): OrbitView {
    const { azimuth, elevation, distance } = this.eye;
    return new OrbitView(this.bounds, { azimuth: azimuth - across, elevation: clamp(elevation + up, [-mostElevation, mostElevation]), distance });
  }

  zoomed(factor: number): OrbitView {
    return new OrbitView(this.bounds, { ...this.eye, distance: clamp(this.eye.distance / factor, distances) });
  }

  /** The same eye for another scene. */
  about(bounds: Bounds): OrbitView {
    return new OrbitView(bounds, this.eye);
  }
}

/** The plane from above, x to the right and y upwards, as large as it fits with units of one length. */
export class FlatView implements View {
  constructor(
    readonly bounds: Bounds,
    /** Pixels left free around it, for the axes' numbers: left, bottom, right, top. */
    readonly margins: readonly [number, number, number, number] = [0, 0, 0, 0],
  ) {}

  matrix(width: number, height: number): Mat4 {
    const [left, bottom, right, top] = this.margins;
    const [x, y] = this.bounds;
    const perPixel = Math.max((x[1] - x[0]) / (width - left - right), (y[1] - y[0]) / (height - top - bottom));
    // the middle of the window is the middle of what the margins leave
    const middle = [(x[0] + x[1]) / 2 + (perPixel * (right - left)) / 2, (y[0] + y[1]) / 2 + (perPixel * (top - bottom)) / 2];
    const [w, h] = [perPixel * width, perPixel * height];
    return mat4.ortho(middle[0] - w / 2, middle[0] + w / 2, middle[1] - h / 2, middle[1] + h / 2, -1, 1);
  }

  /** The window, with a pixel around it for the frame's own width. */
  clip(width: number, height: number): readonly [number, number, number, number] {
    const matrix = this.matrix(width, height);
    const [x, y] = this.bounds;
    const [low, high] = [onScreen(matrix, [x[0], y[0], 0], width, height)!, onScreen(matrix, [x[1], y[1], 0], width, height)!];
    return [low.x - 1, high.y - 1, high.x - low.x + 2, low.y - high.y + 2];
  }

  turned(): FlatView {
    return this;
  }

  zoomed(): FlatView {
    return this;
  }
}

/** Where a point is on the canvas, in pixels from its upper left corner; undefined behind the eye. */
export function onScreen(matrix: Mat4, [x, y, z]: Point, width: number, height: number): { x: number; y: number } | undefined {
  const clip = vec4.transformMat4([x, y, z, 1], matrix);
  if (clip[3] <= 0) return undefined;
  return { x: (0.5 + (0.5 * clip[0]) / clip[3]) * width, y: (0.5 - (0.5 * clip[1]) / clip[3]) * height };
}

function clamp(value: number, [low, high]: Range): number {
  return Math.min(high, Math.max(low, value));
}
