import { symmetricEigen } from "../../../../math/eigen.ts";
import type { Point } from "./view.ts";

/** A Gaussian in the scene: mean and covariance [3, 3]. */
export interface Gaussian3 {
  readonly mean: Point;
  readonly covariance: ArrayLike<number>;
}

const segments = 64;
const meridians = 6;
const latitudes = [-60, -30, 0, 30, 60];

/** Circles on the surface that is so many deviations from the mean: meridians and parallels about the longest axis. */
export function ellipsoid({ mean, covariance }: Gaussian3, deviations: number): Point[][] {
  const toPlace = placing({ mean, covariance }, deviations);
  const circle = (of: (angle: number) => Point): Point[] => Array.from({ length: segments + 1 }, (_, i) => toPlace(of((2 * Math.PI * i) / segments)));
  const along = Array.from({ length: meridians }, (_, m) => {
    const turn = (Math.PI * m) / meridians;
    return circle((angle) => [Math.cos(angle), Math.sin(angle) * Math.cos(turn), Math.sin(angle) * Math.sin(turn)]);
  });
  const around = latitudes.map((degrees) => {
    const latitude = (Math.PI * degrees) / 180;
    return circle((angle) => [Math.sin(latitude), Math.cos(latitude) * Math.cos(angle), Math.cos(latitude) * Math.sin(angle)]);
  });
  return [...along, ...around];
}

/** The same in the plane of x and y: one ellipse. */
export function ellipse(gaussian: Gaussian3, deviations: number): Point[] {
  const [xx, xy, , , yy] = Array.from(gaussian.covariance);
  const toPlace = placing({ mean: gaussian.mean, covariance: [xx, xy, 0, xy, yy, 0, 0, 0, 0] }, deviations);
  return Array.from({ length: segments + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / segments;
    return toPlace([Math.cos(angle), Math.sin(angle), 0]);
  });
}

/** From the unit sphere to the surface; its axes go to the principal axes, the first to the longest. */
function placing({ mean, covariance }: Gaussian3, deviations: number): (unit: Point) => Point {
  const { values, vectors } = symmetricEigen(covariance, 3);
  const lengths = values.map((value) => deviations * Math.sqrt(Math.max(0, value)));
  return (unit) => [0, 1, 2].map((i) => mean[i] + unit.reduce((total, u, axis) => total + u * lengths[axis] * vectors[3 * axis + i], 0)) as unknown as Point;
}
