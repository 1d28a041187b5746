// surrogate.mjs: load a surrogate file, sample it tile by tile, run its self-test

/** A surrogate from the bytes of its file (Uint8Array); `ort` is the module onnxruntime-node or onnxruntime-web. */
export async function load(ort, bytes) {
  ort.env.wasm.numThreads = 1; // for onnxruntime-web; the options are for onnxruntime-node
  // Up to 1.30 onnxruntime makes a QuickGelu of float64 from a network that has its parts, and cannot run it.
  const extra = { optimization: { disable_specified_optimizers: "QuickGeluFusion" } };
  const one = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const session = await ort.InferenceSession.create(bytes, { ...one, logSeverityLevel: 3, extra });
  return { ort, session, manifest: readManifest(bytes) };
}

/** The manifest. onnxruntime gives JavaScript no metadata, so it is looked up in the file, a protobuf message. */
export function readManifest(bytes) {
  const text = new TextDecoder();
  for (const [number, entry] of fields(bytes)) {
    if (number !== 14) continue; // metadata_props, each with its key in field 1 and its value in field 2
    const { 1: key, 2: value } = Object.fromEntries(fields(entry));
    if (text.decode(key) === "gansurrogate") return JSON.parse(text.decode(value));
  }
  throw new Error("expected a surrogate file; found no manifest in it");
}

/** Number and content of each field of a protobuf message, except integers. */
function* fields(message) {
  let at = 0;
  const integer = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte % 128) * scale;
      if (!(byte > 127)) return value;
    }
  };
  while (at < message.length) {
    const tag = integer();
    const value = integer(); // or the length of what follows
    if (tag % 8 === 0) continue;
    yield [tag >> 3, message.subarray(at, at + value)];
    at += value;
  }
}

/** The inputs of one call: `seed` a BigInt, `rows` a BigInt64Array, conditions as in `sample`. */
export function inputs({ ort, manifest }, seed, rows, conditions) {
  if (!rows.every((row) => row >= 0n && row < 2n ** 40n)) throw new RangeError("rows lie in [0, 2^40)");
  const tensors = {
    seed: new ort.Tensor("int64", BigInt64Array.of(seed), []),
    rows: new ort.Tensor("int64", rows, [rows.length]),
  };
  for (const { name, levels, low, high, shape: each = [] } of manifest.spec.conditions) {
    const [values, shape] = [Float32Array.from(conditions[name] ?? []), [rows.length, ...each]];
    const [least, most] = levels ? [0, levels.length - 1] : [Math.fround(low), Math.fround(high)];
    if (values.length !== size(shape) || !values.every((value) => value >= least && value <= most)) {
      throw new RangeError(`condition ${name} takes ${size(shape)} numbers in [${least}, ${most}]`);
    }
    tensors[name] = levels
      ? new ort.Tensor("int64", BigInt64Array.from(values, BigInt), shape)
      : new ort.Tensor("float32", values, shape);
  }
  return tensors;
}

/** How many values an array of `shape` has. */
const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** An object with an entry for each condition: what `value` makes of it. */
const forEach = (conditions, value) => Object.fromEntries(conditions.map((one) => [one.name, value(one)]));

/**
 * The signals of `rows`, one after the other in one Float32Array, or ids of tokens in a BigInt64Array. `conditions`
 * has an array of numbers for each condition, row after row: values in its unit, or of a category the indices of its
 * levels.
 */
export async function sample(surrogate, seed, rows, conditions = {}) {
  const { spec, tile } = surrogate.manifest;
  const signals = new (spec.tokens ? BigInt64Array : Float32Array)(rows.length * size(spec.shape));
  for (let first = 0; first < rows.length; first += tile) {
    const part = (values, shape = []) => values?.slice(first * size(shape), (first + tile) * size(shape));
    const given = forEach(spec.conditions, ({ name, shape }) => part(conditions[name], shape));
    const tensors = inputs(surrogate, seed, part(rows), given);
    const { signal } = await surrogate.session.run(tensors, ["signal"]);
    signals.set(signal.data, first * size(spec.shape));
  }
  return signals;
}

/** Throw unless this machine reproduces the values that the file promises. */
export async function selfTest(surrogate) {
  const { spec, self_test } = surrogate.manifest;
  const { seed, rows, conditions, positions, expected, atol, rtol } = self_test;
  const given = forEach(spec.conditions, ({ name, shape = [] }) =>
    conditions[name].flatMap((entry) => (Array.isArray(entry) ? entry : Array(size(shape)).fill(entry))),
  );
  const signals = await sample(surrogate, BigInt(seed), BigInt64Array.from(rows, BigInt), given);
  for (const [i, values] of expected.entries()) {
    for (const [j, value] of values.entries()) {
      const drawn = Number(signals[i * size(spec.shape) + positions[j]]);
      if (!(Math.abs(drawn - value) <= atol + rtol * Math.abs(value))) {
        throw new Error(`row ${rows[i]} is ${drawn} at ${positions[j]}; the file promises ${value}`);
      }
    }
  }
}
