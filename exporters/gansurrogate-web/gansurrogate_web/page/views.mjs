import { html } from "./controls.mjs";
import { spectrum } from "./fft.mjs";
import { canvas, picture } from "./picture.mjs";
import { extent, lines, shown } from "./plot.mjs";
import { coordinates, kindOf, labelled, numbers, sizeOf, textOf } from "./signals.mjs";

/** The channels of a signal that is lines: name and values of each. */
function channels(spec, signal) {
  const length = spec.shape.at(-1);
  const values = numbers(spec, signal);
  return Array.from({ length: values.length / length }, (_, i) => ({
    name: values.length === length ? "signal" : `channel ${i + 1}`,
    values: values.subarray(i * length, (i + 1) * length),
  }));
}

/** Height and width of a signal as a picture: all axes but the last lie one below the other. */
const flat = (shape) => [sizeOf(shape.slice(0, -1)), shape.at(-1)];

/** How the plot `i` of `count` below each other is drawn: only the last has numbers along x. */
function stacked(i, count, alone) {
  const last = i === count - 1;
  const height = count === 1 ? alone : count > 3 ? 100 : 124;
  return { numbered: last, height: last && count > 1 ? height + 38 : height };
}

/** The signal, large. */
export function showSignal(place, spec, signal, label) {
  const kind = kindOf(spec);
  place.replaceChildren();
  if (kind === "text") place.append(html("p", { className: "text" }, textOf(spec, signal)));
  if (kind === "value")
    place.append(html("p", { className: "value" }, `${shown(numbers(spec, signal)[0], 7)} ${spec.unit}`));
  if (kind === "picture") {
    const values = numbers(spec, signal);
    picture(place, { values, shape: flat(spec.shape), range: extent([values]), unit: spec.unit, label });
  }
  if (kind === "lines") {
    const axis = spec.axes.at(-1);
    const parts = channels(spec, signal);
    for (const [i, { name, values }] of parts.entries()) {
      lines(place, {
        x: coordinates(axis, values.length),
        series: [{ values, kind: "row" }],
        xLabel: labelled(axis.name, axis.unit),
        yLabel: labelled(name, spec.unit),
        ...stacked(i, parts.length, 260),
        label: `${label}, ${name}`,
      });
    }
  }
}

/** Whether there is a spectrum to see. */
export const hasSpectrum = (spec) => kindOf(spec) === "lines" && spec.shape.at(-1) >= 16;

/** The unit of the spectrum. */
export function densityUnit(spec) {
  const axis = spec.axes.at(-1);
  const power = spec.unit && (/^\w+$/.test(spec.unit) ? `${spec.unit}²` : `(${spec.unit})²`);
  return axis.unit === "s" ? `${power || 1}/Hz` : `${power} ${axis.unit || axis.name}`.trim();
}

/** The spectrum of the first of `signals`, and the mean of all. */
export function showSpectrum(place, spec, signals) {
  const axis = spec.axes.at(-1);
  const length = spec.shape.at(-1);
  const unit = axis.unit === "s" ? "Hz" : axis.unit ? `1/${axis.unit}` : `1/${axis.name}`;
  const each = signals.map((signal) => channels(spec, signal).map(({ values }) => spectrum(values, axis.step)));
  place.replaceChildren();
  for (const [i, { name }] of channels(spec, signals[0]).entries()) {
    const mean = each[0][i].map((_, k) => each.reduce((sum, one) => sum + one[i][k], 0) / each.length);
    lines(place, {
      x: coordinates(
        { start: 1 / (length * Math.abs(axis.step)), step: 1 / (length * Math.abs(axis.step)) },
        mean.length,
      ),
      series: [
        { values: each[0][i], kind: "row thin" },
        { values: mean, kind: "surrogate thick" },
      ],
      xLabel: labelled("frequency", unit),
      yLabel: name === "signal" ? labelled("density", densityUnit(spec)) : name,
      logarithmic: true,
      ...stacked(i, each[0].length, 240),
      label: `power spectral density, ${name}`,
    });
  }
}

/** The distribution of single values. */
export function showDistribution(place, spec, values) {
  const [low, high] = extent([values]);
  const [bins, width] = [40, (high - low) / 40];
  const density = new Float64Array(bins);
  for (const value of values) {
    density[Math.min(bins - 1, Math.floor((value - low) / width))] += 1 / (values.length * width);
  }
  place.replaceChildren();
  lines(place, {
    x: coordinates({ start: low + width / 2, step: width }, bins),
    series: [{ values: density, kind: "surrogate thick" }],
    xLabel: labelled("value", spec.unit),
    yLabel: labelled("density", spec.unit && `1/${spec.unit}`),
    label: "distribution of the values",
  });
}

/** Small ones beside each other, all on one scale: `signals` with a caption for each. */
export function showTiles(spec, signals, captions, kind, range) {
  const texts = kindOf(spec) === "text";
  const tiles = html("div", { className: texts ? "tiles texts" : "tiles" });
  const draw = [];
  for (const [i, signal] of signals.entries()) {
    const figure = html("figure", { className: kind });
    const label = `${kind} signal, ${captions[i]}`;
    if (texts) figure.append(html("p", { className: "text" }, textOf(spec, signal)));
    else if (kindOf(spec) === "value")
      figure.append(html("div", {}, `${shown(numbers(spec, signal)[0])} ${spec.unit}`));
    else if (kindOf(spec) === "picture") figure.append(canvas(numbers(spec, signal), flat(spec.shape), range, label));
    else {
      const place = html("div");
      figure.append(place);
      const series = channels(spec, signal).map(({ values }) => ({ values, kind }));
      const x = coordinates(spec.axes.at(-1), spec.shape.at(-1));
      draw.push(() => lines(place, { x, series, range, small: true, height: 104, label }));
    }
    if (!texts) figure.append(html("figcaption", {}, captions[i]));
    tiles.append(figure);
  }
  return { tiles, draw: () => draw.forEach((one) => one()) }; // a plot asks how wide its place is
}
