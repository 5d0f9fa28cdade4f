import { binaryFunctions, type BinaryName } from "../ops/binary.ts";
import { reducedSize, type ReduceName } from "../ops/reduce.ts";
import { unaryFunctions, type UnaryName } from "../ops/unary.ts";
import { sizeOf, stridesOf, type Shape } from "../shape.ts";
import type { Tensor } from "../tape.ts";
import { addIx, constantIx, divIx, modIx, mulIx, type Ix } from "./index-expression.ts";

/** Where in a tensor an element is wanted: by row-major position, by coordinates, or both. */
interface Access {
  readonly shape: Shape;
  linear?: Ix;
  coords?: Ix[];
}

interface Scope {
  readonly lines: string[];
  readonly names: Map<string, string>;
  /** Statements that the compiler makes of the lines, with all turns of the loops that it unrolls. */
  size: number;
}

/** A scope without lines. */
const emptyScope = (): Scope => ({ lines: [], names: new Map(), size: 0 });

/** Loops of more turns no compiler unrolls. */
const mostTurns = 32;

/** Statements in a function of exp, log or random numbers, about. */
const callSize = 10;

/**
 * Writes the WGSL that evaluates one element of a tensor, inlining everything that is not stored. Each value is bound
 * once, in the outermost loop on which it depends.
 */
export class Emitter {
  private scopes: Scope[] = [emptyScope()];
  private counter = 0;
  /** Whether the text reads `zero`, a u32 that is 0 and that the compiler does not know. */
  readsZero = false;

  constructor(
    /** The expression that loads an element of a stored tensor; undefined: compute it here. */
    private readonly load: (tensor: Tensor, linear: string) => string | undefined,
    /** A loop that would be more statements than this when unrolled has a bound that the compiler does not know. */
    private readonly mostUnrolled = Infinity,
  ) {}

  /** The statements written so far. */
  get body(): string[] {
    return this.scopes[0].lines;
  }

  /** Makes later requests for this element yield `name`. */
  define(tensor: Tensor, access: Access, name: string): void {
    this.scopes[0].names.set(`${tensor.id}@${this.linear(access).code}`, name);
  }

  /** The name of a variable that holds the element. */
  value(tensor: Tensor, access: Access): string {
    if (tensor.op === "fill") return literal(tensor.attributes.value as number);
    if (tensor.op === "reshape" || tensor.op === "stopGradient") {
      const stored = this.load(tensor, "");
      if (stored === undefined) return this.value(tensor.inputs[0], { shape: tensor.inputs[0].shape, linear: this.linear(access) });
    }
    const linear = this.linear(access);
    const key = `${tensor.id}@${linear.code}`;
    const known = this.find(key);
    if (known !== undefined) return known;
    const stored = this.load(tensor, linear.code);
    const code = stored ?? this.compute(tensor, access);
    return this.bind(key, code, linear.depth);
  }

  linear(access: Access): Ix {
    if (!access.linear) {
      const strides = stridesOf(access.shape);
      let position = constantIx(0);
      access.coords!.forEach((coord, axis) => {
        if (access.shape[axis] !== 1) position = addIx(position, mulIx(coord, strides[axis]));
      });
      access.linear = this.bindIx(position);
    }
    return access.linear;
  }

  coords(access: Access): Ix[] {
    if (!access.coords) {
      const strides = stridesOf(access.shape);
      access.coords = access.shape.map((length, axis) => {
        if (length === 1) return constantIx(0);
        const quotient = divIx(access.linear!, strides[axis]);
        const outermost = access.shape.slice(0, axis).every((before) => before === 1);
        return this.bindIx(outermost ? quotient : modIx(quotient, length));
      });
    }
    return access.coords;
  }

  private compute(tensor: Tensor, access: Access): string {
    const { op, inputs, attributes } = tensor;
    const same = (i: number): string => this.value(inputs[i], { ...access, shape: inputs[i].shape });
    if (op in unaryFunctions) return unaryFunctions[op as UnaryName].wgsl(same(0));
    if (op in binaryFunctions) return binaryFunctions[op as BinaryName].wgsl(same(0), same(1));
    switch (op) {
      case "where":
        return `select(${same(2)}, ${same(1)}, ${same(0)} != 0.0)`;
      case "toFloat":
        return `f32(${same(0)})`;
      case "broadcastTo":
        return this.value(inputs[0], this.broadcastAccess(tensor, access));
      case "transpose": {
        const order = attributes.order as readonly number[];
        const coords = this.coords(access);
        const from: Ix[] = [];
        order.forEach((axis, i) => (from[axis] = coords[i]));
        return this.value(inputs[0], { shape: inputs[0].shape, coords: from });
      }
      case "slice": {
        const coords = [...this.coords(access)];
        const axis = attributes.axis as number;
        coords[axis] = this.bindIx(addIx(coords[axis], constantIx(attributes.start as number)));
        return this.value(inputs[0], { shape: inputs[0].shape, coords });
      }
      case "pad":
        return this.guarded(inputs[0], access, attributes.axis as number, attributes.start as number, "0.0");
      case "concat": {
        let start = tensor.shape[attributes.axis as number];
        let code = tensor.dtype === "u32" ? "0u" : "0.0";
        for (const part of [...inputs].reverse()) {
          start -= part.shape[attributes.axis as number];
          code = this.guarded(part, access, attributes.axis as number, start, code);
        }
        return code;
      }
      case "gather":
        return this.gather(tensor, access);
      case "iota":
        return `f32(${this.coords(access)[attributes.axis as number].code})`;
      case "randomUniform":
        return `unitUniform(threefry2x32(${this.key(inputs[0])}, vec2u(${this.linear(access).code}, ${attributes.stream}u)).x)`;
      case "randomNormal":
        return `standardNormal(${this.key(inputs[0])}, vec2u(${this.linear(access).code}, ${attributes.stream}u))`;
      case "foldIn": {
        const data = inputs[1] ? this.value(inputs[1], { shape: [], linear: constantIx(0) }) : `${attributes.data}u`;
        return `foldIn(${this.key(inputs[0])}, ${data})[${this.linear(access).code}]`;
      }
      case "shuffledRows": {
        const step = this.value(inputs[1], { shape: [], linear: constantIx(0) });
        const rows = attributes.rows as number;
        const place = this.bindIx({ code: `(${step} * ${sizeOf(tensor.shape)}u + ${this.linear(access).code})`, depth: this.linear(access).depth });
        return `permutedIndex(foldIn(${this.key(inputs[0])}, ${place.code} / ${rows}u), ${place.code} % ${rows}u, ${rows}u)`;
      }
      case "sum":
      case "max":
      case "logSumExp":
        return this.reduce(tensor, access, op);
      case "partialSum":
        return this.partialSum(tensor, access);
      case "scatterAdd":
        return this.scatter(tensor, access);
      default:
        throw new Error(`[compile] op "${op}" has no inline form; this is a bug.`);
    }
  }

  private broadcastAccess(tensor: Tensor, access: Access): Access {
    const [input] = tensor.inputs;
    if (sizeOf(input.shape) === 1) return { shape: input.shape, linear: constantIx(0) };
    const lead = tensor.shape.length - input.shape.length;
    // a trailing block, repeated: position modulo its size, without taking coordinates apart
    if (!access.coords && input.shape.every((length, axis) => length === tensor.shape[axis + lead])) {
      return { shape: input.shape, linear: this.bindIx(modIx(access.linear!, sizeOf(input.shape))) };
    }
    const coords = this.coords(access);
    return { shape: input.shape, coords: input.shape.map((length, axis) => (length === 1 ? constantIx(0) : coords[axis + lead])) };
  }

  /** The part's element if the coordinate falls into it, else `otherwise`. */
  private guarded(part: Tensor, access: Access, axis: number, start: number, otherwise: string): string {
    const coords = [...this.coords(access)];
    const at = coords[axis];
    const length = part.shape[axis];
    // unsigned: a coordinate before the start wraps to a large number
    const inside = `(${at.code} - ${start}u) < ${length}u`;
    // an axis of length 1 depends on no loop, nor may what is computed along it
    coords[axis] = length === 1 ? constantIx(0) : this.bindIx({ code: `min(${at.code} - ${start}u, ${length - 1}u)`, depth: at.depth });
    return `select(${otherwise}, ${this.value(part, { shape: part.shape, coords })}, ${inside})`;
  }

  private gather(tensor: Tensor, access: Access): string {
    const [table, indices] = tensor.inputs;
    const coords = this.coords(access);
    const index = this.value(indices, { shape: indices.shape, coords: coords.slice(0, indices.shape.length) });
    const row = table.shape[0] === 1 ? constantIx(0) : this.bindIx({ code: `min(${index}, ${table.shape[0] - 1}u)`, depth: this.linear(access).depth });
    return this.value(table, { shape: table.shape, coords: [row, ...coords.slice(indices.shape.length)] });
  }

  /** The inputs' coordinates with a loop variable for the reduced axes. */
  private reduce(tensor: Tensor, access: Access, op: ReduceName): string {
    const [input] = tensor.inputs;
    const axes = tensor.attributes.axes as readonly number[];
    const outer = this.coords(access);
    const length = reducedSize(input, axes);
    const inner = (element: (name: string) => string): void =>
      this.loop(this.linear(access).depth, length, (loopIndex) => element(this.reduced(input, axes, outer, loopIndex)));
    const depth = this.linear(access).depth;
    const accumulator = this.variable(depth, op === "sum" ? "0.0" : "-3.4028234e38");
    if (op === "sum") inner((x) => `${accumulator} += ${x};`);
    else inner((x) => `${accumulator} = max(${accumulator}, ${x});`);
    if (op !== "logSumExp") return accumulator;
    const total = this.variable(depth, "0.0");
    inner((x) => `${total} += exp(${x} - ${accumulator});`);
    return `${accumulator} + log(${total})`;
  }

  /** Every parts-th element of the reduced axes, from the one that the last coordinate says. */
  private partialSum(tensor: Tensor, access: Access): string {
    const [input] = tensor.inputs;
    const axes = tensor.attributes.axes as readonly number[];
    const outer = this.coords(access);
    const parts = tensor.shape[tensor.shape.length - 1];
    const length = reducedSize(input, axes);
    const depth = this.linear(access).depth;
    const accumulator = this.variable(depth, "0.0");
    const part = outer[outer.length - 1];
    this.loop(depth, length % parts === 0 ? `${length / parts}u` : `(${length + parts - 1}u - ${part.code}) / ${parts}u`, (turn) => {
      const linear = this.bindIx(addIx(mulIx(turn, parts), part));
      return `${accumulator} += ${this.reduced(input, axes, outer, linear)};`;
    });
    return accumulator;
  }

  /** The element of what is reduced at a position of the reduced axes. */
  private reduced(input: Tensor, axes: readonly number[], outer: readonly Ix[], linear: Ix): string {
    const reducedCoords = this.coords({ shape: axes.map((axis) => input.shape[axis]), linear });
    let kept = 0;
    const coords = input.shape.map((_, axis) => (axes.includes(axis) ? reducedCoords[axes.indexOf(axis)] : outer[kept++]));
    return this.value(input, { shape: input.shape, coords });
  }

  /** Writes a loop over a lane's share of what a shared reduction's result at `access` is made of: every `step`-th element of its part, from the one that `first` says. */
  share(tensor: Tensor, access: Access, first: string, step: number, statement: (element: string) => string): void {
    const [input] = tensor.inputs;
    const axes = tensor.attributes.axes as readonly number[];
    const length = tensor.attributes.length as number;
    const total = reducedSize(input, axes);
    const [part, ...outer] = total === length ? [constantIx(0), ...this.coords(access)] : this.coords(access);
    const start = this.bindIx(mulIx(part, length));
    const end = total % length === 0 ? `${length}u` : `min(${length}u, ${total}u - ${start.code})`;
    this.loop(0, `(${end} + ${step - 1}u - ${first}) / ${step}u`, (turn) => {
      const linear = this.bindIx(addIx(addIx(mulIx(turn, step), { code: first, depth: 0 }), start));
      return statement(this.reduced(input, axes, outer, linear));
    });
  }

  private scatter(tensor: Tensor, access: Access): string {
    const [x, indices] = tensor.inputs;
    const [row, ...rest] = this.coords(access);
    const depth = this.linear(access).depth;
    const accumulator = this.variable(depth, "0.0");
    this.loop(depth, sizeOf(indices.shape), (at) => {
      const index = this.value(indices, { shape: indices.shape, linear: at });
      const element = this.value(x, { shape: x.shape, coords: [...this.coords({ shape: indices.shape, linear: at }), ...rest] });
      // as `gather` reads: an index past the end is the last row's
      return `${accumulator} += select(0.0, ${element}, min(${index}, ${tensor.shape[0] - 1}u) == ${row.code});`;
    });
    return accumulator;
  }

  /** A loop in the scope at `depth`; `statement` writes its body and returns its last statement. */
  private loop(depth: number, length: number | string, statement: (index: Ix) => string): void {
    const deeper = this.scopes.splice(depth + 1);
    const name = `r${this.counter++}`;
    const scope = emptyScope();
    this.scopes.push(scope);
    const last = statement({ code: name, depth: depth + 1 });
    this.scopes.pop();
    this.scopes[depth].lines.push(`for (var ${name} = 0u; ${name} < ${this.bound(length, scope.size + sizeOfLine(last), depth)}; ${name}++) {`, ...scope.lines.map((line) => `  ${line}`), `  ${last}`, "}");
    this.scopes.push(...deeper);
  }

  /** The bound of a loop over a body of so many statements. */
  private bound(length: number | string, body: number, depth: number): string {
    if (typeof length === "string" || length > mostTurns) {
      this.scopes[depth].size += body;
      return typeof length === "string" ? length : `${length}u`;
    }
    const unknown = length * body > this.mostUnrolled;
    this.scopes[depth].size += unknown ? body : length * body;
    this.readsZero ||= unknown;
    return `${length}u${unknown ? " + zero" : ""}`;
  }

  private key(key: Tensor): string {
    const word = (i: number): string => this.value(key, { shape: [2], linear: constantIx(i) });
    return `vec2u(${word(0)}, ${word(1)})`;
  }

  private variable(depth: number, initial: string): string {
    const name = `s${this.counter++}`;
    this.scopes[depth].lines.push(`var ${name} = ${initial};`);
    return name;
  }

  private bindIx(ix: Ix): Ix {
    if (ix.value !== undefined || /^\w+$/.test(ix.code)) return ix;
    const key = `ix:${ix.code}`;
    return { code: this.find(key) ?? this.bind(key, ix.code, ix.depth), depth: ix.depth };
  }

  private bind(key: string, code: string, depth: number): string {
    let name = code;
    if (!/^\w+$/.test(code)) {
      name = `v${this.counter++}`;
      this.scopes[depth].lines.push(`let ${name} = ${code};`);
      this.scopes[depth].size += sizeOfLine(code);
    }
    this.scopes[depth].names.set(key, name);
    return name;
  }

  private find(key: string): string | undefined {
    for (const scope of this.scopes) {
      const name = scope.names.get(key);
      if (name !== undefined) return name;
    }
    return undefined;
  }
}

/** Statements that a line becomes: one, and those of the functions it calls. */
function sizeOfLine(code: string): number {
  const calls = code.match(/\b(?!select|min|max|f32|vec2u)[a-z]\w*\(/gi)?.length ?? 0;
  return 1 + callSize * calls;
}

/** A number as WGSL, at float32 precision. Throws on NaN and infinities, which WGSL cannot write. */
function literal(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) throw new RangeError(`[fill] expected a finite float32 number, got ${value}.`);
  const text = String(single);
  return single < 0 ? `(${withPoint(text)})` : withPoint(text);
}

function withPoint(text: string): string {
  return /[.e]/.test(text) ? text : `${text}.0`;
}
