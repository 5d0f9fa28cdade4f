import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "../state/notices.ts";

/** A part of the page whose code is fetched when it is first shown. */
export function Later({ load }: { load: () => Promise<ComponentType> }) {
  const [Content, setContent] = useState<ComponentType>();
  useEffect(() => {
    let current = true;
    void attempt(load).then((loaded) => {
      if (current && loaded) setContent(() => loaded);
    });
    return () => {
      current = false;
    };
  }, [load]);
  return Content ? <Content /> : <p class="hint">loading …</p>;
}
