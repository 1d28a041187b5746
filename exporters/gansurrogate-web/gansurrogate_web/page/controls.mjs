import { sizeOf } from "./signals.mjs";
import { canvas } from "./picture.mjs";
import { extent, lines, shown } from "./plot.mjs";

const MOST_SLIDERS = 8; // for the values of an array condition; a larger one is taken from an example
const LARGEST = 2n ** 63n;
const ROWS = 2n ** 40n;

/** An element of HTML with properties and children. */
export function html(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** A label with its unit. */
function title(id, name, unit) {
  const label = html("label", { htmlFor: id }, name);
  if (unit) label.append(" ", html("span", { className: "unit" }, `[${unit}]`));
  return label;
}

/** A number with a slider that follows it; `slide` is the slider's low, high and step. */
function slider(id, { name, unit, hint, slide: [min, max, step], value, ...bounds }) {
  const number = html("input", { type: "number", id, value, step: bounds.integer ? 1 : "any", required: true });
  if (!bounds.integer) Object.assign(number, { min, max });
  const range = html("input", { type: "range", min, max, step, value, ariaLabel: `${name}, slider` });
  number.addEventListener("input", () => (range.value = number.value));
  range.addEventListener("input", () => (number.value = bounds.integer ? range.value : shown(Number(range.value), 6)));
  const box = html("div", { className: "control" }, title(id, name, unit), number, range);
  if (hint) box.append(html("span", { className: "quiet" }, hint));
  return { box, number };
}

/** What a person sets: seed, row and conditions. `examples` are rows of array conditions to choose from. */
export class Controls {
  constructor(form, spec, examples) {
    Object.assign(this, { form, spec, examples, readers: [] });
    this.row = this.integer(
      "row",
      { name: "Row", hint: "which signal of the endless stream", slide: [0, 999, 1] },
      0n,
      ROWS,
    );
    this.seed = this.integer("seed", { name: "Seed", hint: "which stream", slide: [0, 99, 1] }, -LARGEST, LARGEST);
    for (const condition of spec.conditions) this.readers.push([condition, this.condition(condition)]);
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Seed, row and conditions as `Sampler.sample` takes them. Throws with a sentence for what makes no sense. */
  read() {
    const conditions = Object.fromEntries(this.readers.map(([condition, reader]) => [condition.name, reader()]));
    return { seed: this.seed(), row: this.row(), conditions };
  }

  integer(id, options, low, end) {
    const { box, number } = slider(id, { ...options, value: 0, integer: true });
    this.form.append(box);
    return () =>
      this.checked(number, () => {
        const value = /^[-+]?\d+$/.test(number.value) ? BigInt(number.value) : end;
        if (value < low || value >= end)
          throw new RangeError(`${options.name} is a whole number from ${low} to ${end - 1n}`);
        return value;
      });
  }

  /** Marks an input whose value is refused. */
  checked(input, read) {
    try {
      const value = read();
      input.removeAttribute("aria-invalid");
      return value;
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      throw error;
    }
  }

  condition(condition) {
    const size = sizeOf(condition.shape);
    if (condition.levels && this.spec.tokens && condition.shape) return this.words(condition);
    if (condition.shape && (size > MOST_SLIDERS || condition.levels)) return this.example(condition);
    const each = Array.from({ length: size }, (_, i) =>
      condition.shape ? `${condition.name} ${i + 1}` : condition.name,
    );
    const readers = each.map((name, i) =>
      condition.levels ? this.choice(condition) : this.number(condition, name, i),
    );
    return () => readers.map((read) => read());
  }

  number({ name: condition, unit, low, high, description }, name, i) {
    const value = shown((low + high) / 2, 6);
    const range = `${shown(low)} to ${shown(high)}`;
    const hint = description ? `${description}, ${range}` : range;
    const id = `condition-${condition}-${i}`;
    const { box, number } = slider(id, { name, unit, hint, slide: [low, high, (high - low) / 1000], value });
    this.form.append(box);
    return () =>
      this.checked(number, () => {
        const given = Math.fround(number.valueAsNumber);
        if (given >= Math.fround(low) && given <= Math.fround(high)) return given;
        throw new RangeError(`${name} is a number from ${low} to ${high} ${unit}`.trim());
      });
  }

  choice({ name, unit, levels, description }) {
    const id = `condition-${name}-0`;
    const options = levels.map((level, i) => html("option", { value: i }, String(level)));
    const select = html("select", { id }, ...options);
    const box = html("div", { className: "control" }, title(id, name, unit), select);
    if (description) box.append(html("span", { className: "quiet" }, description));
    this.form.append(box);
    return () => select.selectedIndex;
  }

  /** The first tokens of a sequence, as words; what is not given is left open. */
  words({ name, levels, shape, description }) {
    const id = `condition-${name}-0`;
    const [size, [open, ...rest]] = [sizeOf(shape), levels];
    const letters = rest.every((level) => [...level].length === 1);
    const text = html("input", { type: "text", id, className: "wide", spellcheck: false, autocomplete: "off" });
    const some = rest.slice(0, 12).join(letters ? "" : ", ") + (rest.length > 12 ? " ..." : "");
    const hint = `${description ? `${description}: ` : ""}up to ${size} of ${some}; empty leaves all open`;
    this.form.append(
      html("div", { className: "control" }, title(id, name), text, html("span", { className: "quiet" }, hint)),
    );
    return () =>
      this.checked(text, () => {
        const words = letters ? [...text.value] : text.value.split(/\s+/).filter(Boolean);
        const unknown = words.find((word) => !levels.includes(word));
        if (unknown !== undefined) throw new RangeError(`${name} does not know "${unknown}"; it knows ${some}`);
        if (words.length > size) throw new RangeError(`${name} takes up to ${size} tokens; got ${words.length}`);
        return Array.from({ length: size }, (_, i) => levels.indexOf(words[i] ?? open));
      });
  }

  /** A large array is that of an example; one choice for all of them. */
  example({ name, shape }) {
    if (!this.chosen) {
      const options = this.examples.map(({ title: text }, i) => html("option", { value: i }, text));
      this.chosen = html("select", { id: "example", className: "wide" }, ...options);
      this.previews = html("div", { className: "preview" });
      this.form.append(html("div", { className: "control" }, title("example", "Example"), this.chosen, this.previews));
    }
    const figure = html("figure");
    this.previews.append(figure);
    const values = () => this.examples[this.chosen.selectedIndex].conditions[name];
    const show = () => {
      const place = html("div");
      figure.replaceChildren(place, html("figcaption", {}, name));
      if (shape.length > 1)
        place.append(canvas(values(), [sizeOf(shape.slice(0, -1)), shape.at(-1)], extent([values()]), name));
      else
        lines(place, {
          x: [...values().keys()],
          series: [{ values: values(), kind: "row" }],
          small: true,
          height: 70,
          label: name,
        });
    };
    this.chosen.addEventListener("input", show);
    show();
    return values;
  }
}
