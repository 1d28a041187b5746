import { labelled } from "./signals.mjs";

/** Nine digits tell every float32 from its neighbours. */
const written = (value) => String(Number(value.toPrecision(9)));

/** A field of CSV. */
const field = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The signals as CSV (RFC 4180): a line for each sample, its coordinates first, then a column for each row. */
export function csv({ shape, axes, unit, tokens }, row, signals) {
  const columns = signals.map((_, i) => labelled(`row ${row + BigInt(i)}`, unit));
  const head = [...axes.map((axis) => labelled(axis.name, axis.unit)), ...columns];
  const lines = [head.map(field).join(",")];
  for (let i = 0; i < signals[0].length; i++) {
    let rest = i;
    const index = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    const at = axes.map(({ start, step }, axis) => String(Number((start + step * index[axis]).toPrecision(12))));
    const values = signals.map((signal) => (tokens ? tokens[Number(signal[i])] : written(signal[i])));
    lines.push([...at, ...values].map(field).join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

/** A file name that says what is in the file. */
export function fileName({ name, spec }, { seed, row, conditions }, n) {
  const rows = n === 1 ? `row${row}` : `rows${row}-${row + BigInt(n - 1)}`;
  const given = spec.conditions
    .filter((condition) => !condition.shape)
    .map((c) => `${c.name}-${c.levels ? c.levels[conditions[c.name][0]] : written(conditions[c.name][0])}`);
  return [name, `seed${seed}`, rows, ...given].join("_").replace(/[^\w.+-]+/g, "-") + ".csv";
}

/** Let the browser keep `text` as a file. */
export function download(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
