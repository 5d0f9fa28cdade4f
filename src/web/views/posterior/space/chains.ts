import type { ChainPaths } from "../../../../sampler/index.ts";
import type { SceneBuilder } from "./scene.ts";
import { placeAt, stepsShare, trajectories, type Placing } from "./timeline.ts";

const colours = ["--chain-1", "--chain-2", "--chain-3", "--chain-4"];

/**
 * Chains along their leapfrog paths: lines that pale behind a head that runs, accepted ones in the chain's colour,
 * rejected ones in the page's second colour; rings where chains start, discs where they stay.
 */
export function drawChains(builder: SceneBuilder, paths: ChainPaths, place: Placing, size = 1): void {
  const start = builder.style({ colour: "--text", opacity: 0.8, size: 7 * size, ring: 1.4 });
  const rejected = builder.style({ colour: "--second", opacity: 0.95, size: 1.4 * size, rest: 0.3, life: 1 });
  const refused = builder.style({ colour: "--second", opacity: 0.95, size: 6 * size, ring: 1.4, rest: 0.45, life: 1.2 });
  const styles = colours.map((colour) => ({
    way: builder.style({ colour, opacity: 0.95, size: 1.8 * size, rest: 0.45, life: 1.5 }),
    state: builder.style({ colour, opacity: 0.95, size: 4.2 * size, rest: 0.65, life: 2 }),
    head: builder.style({ colour, opacity: 1, size: 8.5 * size }),
  }));
  for (let chain = 0; chain < paths.chains; chain++) {
    const own = styles[chain % styles.length];
    const way = trajectories(paths, chain, place);
    builder.point(start, way[0].places[0]);
    way.forEach(({ accepted, places, times }, t) => {
      for (let s = 1; s < places.length; s++) builder.line(accepted ? own.way : rejected, places[s - 1], places[s], times[s - 1], times[s]);
      builder.point(accepted ? own.state : refused, places[places.length - 1], t + stepsShare);
    });
    builder.runner(own.head, (now) => placeAt(way, now));
  }
}
