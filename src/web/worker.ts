import * as Comlink from "comlink";
import { Engine } from "./engine/engine.ts";

Comlink.expose(new Engine());
