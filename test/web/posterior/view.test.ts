import { describe, expect, it } from "vitest";
import { FlatView, onScreen, OrbitView, type Bounds, type Point } from "../../../src/web/views/posterior/space/view.ts";
import { expectClose } from "../../expect-close.ts";

const bounds: Bounds = [[-2, 4], [10, 11], [-0.3, 0.1]];
const centre: Point = [1, 10.5, -0.1];
const corners = Array.from({ length: 8 }, (_, i): Point => [bounds[0][i & 1], bounds[1][(i >> 1) & 1], bounds[2][(i >> 2) & 1]]);
const [width, height] = [600, 500];
const see = (view: OrbitView | FlatView, point: Point, size = [width, height]) => onScreen(view.matrix(size[0], size[1]), point, size[0], size[1])!;

describe("an eye around the scene", () => {
  it("has the scene's centre in the middle of the canvas and the whole box on it, whatever the sides' lengths and the canvas's shape", () => {
    for (const size of [[600, 500], [340, 340], [300, 700], [1200, 400]]) {
      for (const view of [new OrbitView(bounds), new OrbitView(bounds).turned(2, -0.3), new OrbitView(bounds).turned(-1, 1)]) {
        const middle = see(view, centre, size);
        expectClose([middle.x, middle.y], [size[0] / 2, size[1] / 2], { atol: 1e-3 });
        for (const corner of corners) {
          const { x, y } = see(view, corner, size);
          expect(x).toBeGreaterThan(0);
          expect(x).toBeLessThan(size[0]);
          expect(y).toBeGreaterThan(0);
          expect(y).toBeLessThan(size[1]);
        }
      }
    }
  });

  it("sees up as up, and what is dragged to the right goes to the right", () => {
    const view = new OrbitView(bounds);
    expect(see(view, [1, 10.5, 0.1]).y).toBeLessThan(height / 2);
    // the nearest point of the floor's middle line: the one that appears lowest
    const front = [[4, 10.5, -0.1], [-2, 10.5, -0.1], [1, 11, -0.1], [1, 10, -0.1]].map((point) => point as unknown as Point).sort((a, b) => see(view, b).y - see(view, a).y)[0];
    expect(see(view.turned(0.2, 0), front).x).toBeGreaterThan(see(view, front).x);
    // from higher up the front comes down on the screen
    expect(see(view.turned(0, 0.2), front).y).toBeGreaterThan(see(view, front).y);
  });

  it("comes back after a full turn, and stops short of the poles", () => {
    const view = new OrbitView(bounds);
    expectClose(view.turned(2 * Math.PI, 0).matrix(width, height), view.matrix(width, height), { rtol: 1e-4, atol: 1e-4 });
    expectClose(view.turned(0, 50).matrix(width, height), view.turned(0, 5).matrix(width, height), { rtol: 1e-6 });
    expect(Math.abs(view.turned(0, -50).eye.elevation)).toBeLessThan(Math.PI / 2);
    // the angle between dragged views does not depend on the way
    expect(view.turned(0.3, 0.1).turned(-0.3, -0.1).eye).toEqual({ ...view.eye, azimuth: expect.closeTo(view.eye.azimuth, 12), elevation: expect.closeTo(view.eye.elevation, 12) });
  });

  it("zooms by about the factor, within limits, and keeps its place when the scene changes", () => {
    const view = new OrbitView(bounds).turned(0, -new OrbitView(bounds).eye.elevation);
    const size = (of: OrbitView): number => Math.hypot(see(of, [1, 10.5, 0]).x - width / 2, see(of, [1, 10.5, 0]).y - height / 2);
    expect(size(view.zoomed(1.5)) / size(view)).toBeGreaterThan(1.4);
    expect(size(view.zoomed(1.5)) / size(view)).toBeLessThan(1.6);
    expect(view.zoomed(1e9).eye.distance).toBeGreaterThan(1);
    expect(view.zoomed(1e-9).eye.distance).toBeLessThan(20);
    expect(view.about([[0, 1], [0, 1], [0, 1]]).eye).toEqual(view.eye);
  });

  it("places nothing that is behind it", () => {
    const view = new OrbitView(bounds);
    const far = Array.from({ length: 3 }, (_, i) => centre[i] + [-0.5, 1, 0][i] * -400) as unknown as Point;
    const near = Array.from({ length: 3 }, (_, i) => centre[i] + [-0.5, 1, 0][i] * 400) as unknown as Point;
    const places = [far, near].map((point) => onScreen(view.matrix(width, height), point, width, height));
    expect(places.filter((place) => place === undefined)).toHaveLength(1);
  });
});

describe("the plane from above", () => {
  const window: Bounds = [[-4, 4], [-1, 3], [-1, 1]];

  it("shows the window as large as it fits, with units of one length, y upwards", () => {
    const view = new FlatView(window, [30, 20, 6, 4]);
    const [low, high] = [see(view, [-4, -1, 0]), see(view, [4, 3, 0])];
    // 600 - 36 across for 8 units, 500 - 24 for 4: the width decides
    expectClose([low.x, high.x], [30, 594], { atol: 1e-3 });
    expectClose([low.y - high.y], [(4 * 564) / 8], { atol: 1e-3 });
    expectClose([(low.y + high.y) / 2], [4 + 476 / 2], { atol: 1e-3 });
    expect(view.clip(width, height).map(Math.round)).toEqual([29, Math.round(high.y - 1), 566, 284]);
    expect(view.turned()).toBe(view);
  });
});
