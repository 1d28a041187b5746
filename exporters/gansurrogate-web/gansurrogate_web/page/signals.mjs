import { inputs, load, sample } from "./surrogate.mjs";

const TIMES = ["s", "ms", "us", "µs", "μs", "ns", "ps", "min", "h", "d"];
const MOST_CHANNELS = 8; // drawn one below the other; more are a picture

/** How many values an array of `shape` has. */
export const sizeOf = (shape = []) => shape.reduce((a, b) => a * b, 1);

/** What a signal looks like: "text", "value" (a single one), "lines" over the last axis, or a "picture". */
export function kindOf({ shape, axes, tokens }) {
  if (tokens && !numeric(tokens)) return "text";
  if (sizeOf(shape) === 1) return "value";
  if (shape.length === 1) return "lines";
  const last = axes.at(-1);
  const overTime = last.name === "time" || TIMES.includes(last.unit) || ["sample", "place"].includes(last.name);
  return overTime && sizeOf(shape.slice(0, -1)) <= MOST_CHANNELS ? "lines" : "picture";
}

/** Whether all tokens are numbers, as of a signal in levels. */
export const numeric = (tokens) => tokens.every((token) => token.trim() !== "" && Number.isFinite(Number(token)));

/** The values of one signal as numbers to draw; of numeric tokens these are what the tokens say. */
export function numbers({ tokens }, signal) {
  return tokens ? Float64Array.from(signal, (id) => Number(tokens[Number(id)])) : signal;
}

/** The text of a sequence of tokens. */
export function textOf({ tokens }, signal) {
  const words = Array.from(signal, (id) => tokens[Number(id)]);
  return words.join(tokens.every((token) => [...token].length === 1) ? "" : " ");
}

/** The coordinates along an axis. */
export const coordinates = ({ start, step }, size) => Float64Array.from({ length: size }, (_, i) => start + step * i);

/** "name [unit]" */
export const labelled = (name, unit) => (unit ? `${name} [${unit}]` : name);

/** What the page draws with: a surrogate, one call at a time. */
export class Sampler {
  constructor(surrogate, bytes) {
    Object.assign(this, { surrogate, bytes, manifest: surrogate.manifest, turn: Promise.resolve() });
  }

  /** `n` signals from row `row` on, an array of flat arrays; `conditions` are those of one row, or of each. */
  sample({ seed, row, conditions }, n = 1) {
    const { spec } = this.manifest;
    const each = Object.fromEntries(
      spec.conditions.map(({ name, shape }) => [name, repeated(conditions[name], n, sizeOf(shape))]),
    );
    const rows = BigInt64Array.from({ length: n }, (_, i) => row + BigInt(i));
    return this.next(async () => {
      const drawn = await sample(this.surrogate, seed, rows, each);
      const size = sizeOf(spec.shape);
      return Array.from({ length: n }, (_, i) => drawn.subarray(i * size, (i + 1) * size));
    });
  }

  /** The inner tensor `latent` of `rows`, flat, from a copy of the graph that puts it out: for checks. */
  latents(seed, rows, conditions) {
    return this.next(async () => {
      this.open ??= await load(this.surrogate.ort, withLatent(this.bytes));
      const { latent } = await this.open.session.run(inputs(this.open, seed, rows, conditions), ["latent"]);
      return latent.data;
    });
  }

  next(work) {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }
}

/** One row's values for each of `n` rows; values of n rows as they are. */
function repeated(values, n, size) {
  if (values.length === n * size) return values;
  return Array.from({ length: n * size }, (_, i) => values[i % size]);
}

/** The model with `latent` among its outputs: protobuf joins to the graph a second one that holds this output alone. */
function withLatent(bytes) {
  const name = [...new TextEncoder().encode("latent")];
  const value = [0x0a, name.length, ...name, 0x12, 4, 0x0a, 2, 0x08, 1]; // its type: a tensor of float32
  const graph = Uint8Array.of(0x3a, value.length + 2, 0x62, value.length, ...value);
  const joined = new Uint8Array(bytes.length + graph.length);
  joined.set(bytes);
  joined.set(graph, bytes.length);
  return joined;
}
