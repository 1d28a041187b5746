const MARGIN = { left: 66, right: 18, top: 8, bottom: 40 };

/** An element of SVG. */
function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Round numbers in [low, high], about `count` of them. */
function ticks(low, high, count) {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

/** A number as a person writes it. */
export function shown(value, digits = 4) {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return `${Number(mantissa)}e${Number(exponent)}`;
  }
  return String(Number(value.toPrecision(digits)));
}

/** The least and the largest of many arrays of numbers. */
export function extent(arrays) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of arrays) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low < high ? [low, high] : [low - 1, low + 1];
}

/** A path through the points; of more points than columns of pixels the least and largest in each column. */
function path(xs, ys, width) {
  const points = [];
  const step = Math.max(1, Math.floor(xs.length / (2 * width)));
  for (let first = 0; first < xs.length; first += step) {
    if (step === 1) points.push(first);
    else {
      let [least, most] = [first, first];
      for (let i = first; i < Math.min(first + step, xs.length); i++) {
        if (ys[i] < ys[least]) least = i;
        if (ys[i] > ys[most]) most = i;
      }
      points.push(...[least, most].sort((a, b) => a - b));
    }
  }
  return points.map((i, k) => `${k ? "L" : "M"}${xs[i].toFixed(1)} ${ys[i].toFixed(1)}`).join("");
}

/**
 * Lines over one axis, drawn into `place`.
 *
 * `x` are the coordinates, `series` objects {values, kind}, whose kind is a CSS class. `range` is that of the values;
 * `logarithmic` is about the values. A plot that is `small` has no numbers at its axes, and one that stands
 * above another one with the same axis is not `numbered` along x.
 */
export function lines(
  place,
  { x, series, xLabel, yLabel, range, logarithmic, small, numbered = true, height = 240, label },
) {
  const margin = small ? { left: 1, right: 1, top: 1, bottom: 1 } : { ...MARGIN, ...(numbered ? {} : { bottom: 2 }) };
  const width = place.clientWidth || 600;
  const inner = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const scaled = (value) => (logarithmic ? Math.log10(value) : value);
  let [low, high] = (range ?? extent(series.map(({ values }) => values))).map(scaled);
  if (logarithmic) [low, high] = [Math.max(low, high - 8), high];
  const pad = 0.04 * (high - low);
  [low, high] = [low - pad, high + pad];
  const [first, last] = [x[0], x.length > 1 ? x[x.length - 1] : x[0] + 1];
  const across = (value) => margin.left + (inner[0] * (value - first)) / (last - first);
  const up = (value) => margin.top + inner[1] * (1 - (Math.max(scaled(value), low) - low) / (high - low));
  const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": label });
  if (!small)
    axes(chart, {
      low,
      high,
      first,
      last,
      across,
      inner,
      margin,
      width,
      height,
      xLabel: numbered && xLabel,
      yLabel,
      logarithmic,
    });
  chart.append(svg("rect", { class: "frame", x: margin.left, y: margin.top, width: inner[0], height: inner[1] }));
  for (const { values, kind } of series) {
    const at = Array.from(x, across);
    chart.append(svg("path", { class: `series ${kind}`, d: path(at, Array.from(values, up), inner[0]) }));
  }
  place.append(chart);
  if (!small) readable(chart, { x, values: series.at(-1).values, across, margin, inner, xLabel, yLabel });
}

function axes(chart, { low, high, first, last, across, inner, margin, width, height, xLabel, yLabel, logarithmic }) {
  const bottom = margin.top + inner[1];
  const [left, right] = first < last ? [first, last] : [last, first];
  for (const value of ticks(left, right, Math.max(2, Math.round(inner[0] / 90)))) {
    const at = across(value);
    chart.append(svg("line", { class: "grid", x1: at, x2: at, y1: margin.top, y2: bottom }));
    if (xLabel) chart.append(svg("text", { x: at, y: bottom + 16, "text-anchor": "middle" }, shown(value)));
  }
  const count = Math.max(3, Math.round(inner[1] / 45));
  const heights = ticks(low, high, logarithmic ? Math.min(count, high - low) : count);
  for (const value of logarithmic ? heights.filter(Number.isInteger) : heights) {
    const at = margin.top + inner[1] * (1 - (value - low) / (high - low));
    chart.append(svg("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: at, y2: at }));
    const text = logarithmic ? shown(10 ** value) : shown(value);
    chart.append(svg("text", { x: margin.left - 7, y: at + 4, "text-anchor": "end" }, text));
  }
  if (xLabel)
    chart.append(svg("text", { x: margin.left + inner[0] / 2, y: height - 5, "text-anchor": "middle" }, xLabel));
  const turned = `translate(13 ${margin.top + inner[1] / 2}) rotate(-90)`;
  chart.append(svg("text", { transform: turned, "text-anchor": "middle" }, yLabel));
}

/** The pointer reads the value under it. */
function readable(chart, { x, values, across, margin, inner, xLabel, yLabel }) {
  const cursor = svg("line", { class: "cursor", y1: margin.top, y2: margin.top + inner[1], visibility: "hidden" });
  const text = svg("text", { class: "read", y: margin.top + 16 });
  chart.append(cursor, text);
  const split = (label) => label.match(/^(.*?)(?: \[(.*)\])?$/).slice(1);
  const [[xName, xUnit = ""], [, yUnit = ""]] = [split(xLabel), split(yLabel)];
  chart.addEventListener("pointermove", (event) => {
    const at = event.clientX - chart.getBoundingClientRect().left;
    const fraction = Math.min(1, Math.max(0, (at - margin.left) / inner[0]));
    const i = Math.round(fraction * (x.length - 1));
    const place = across(x[i]);
    cursor.setAttribute("x1", place);
    cursor.setAttribute("x2", place);
    cursor.setAttribute("visibility", "visible");
    text.textContent = `${shown(values[i])} ${yUnit}`.trim() + `  at ${xName} ${shown(x[i])} ${xUnit}`.trimEnd();
    const right = place > margin.left + inner[0] / 2;
    text.setAttribute("text-anchor", right ? "end" : "start");
    text.setAttribute("x", place + (right ? -8 : 8));
  });
  chart.addEventListener("pointerleave", () => {
    cursor.setAttribute("visibility", "hidden");
    text.textContent = "";
  });
}
