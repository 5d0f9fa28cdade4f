import { render } from "preact";
import { App } from "./app.tsx";
import { begin } from "./state/session.ts";
import { lookForUnfinished } from "./state/training.ts";

render(<App />, document.getElementById("app")!);
void begin().then(lookForUnfinished);
