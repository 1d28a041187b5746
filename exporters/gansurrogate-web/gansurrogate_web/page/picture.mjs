import { shown } from "./plot.mjs";

/** Colours of increasing lightness, from dark blue to yellow, that the colour-blind can read as well. */
const COLOURS = [
  [13, 22, 72],
  [59, 46, 125],
  [121, 57, 131],
  [184, 76, 117],
  [230, 115, 88],
  [249, 174, 82],
  [250, 240, 140],
];

/** The colour of a number in [0, 1]. */
function colour(fraction) {
  const at = Math.min(Math.max(fraction, 0), 1) * (COLOURS.length - 1);
  const [i, part] = [Math.min(Math.floor(at), COLOURS.length - 2), at % 1];
  const share = at === COLOURS.length - 1 ? 1 : part;
  return COLOURS[i].map((value, k) => value + share * (COLOURS[i + 1][k] - value));
}

/** `values` of shape (height, width) as a canvas whose colours span `range`. */
export function canvas(values, [height, width], [low, high], label) {
  const element = document.createElement("canvas");
  [element.width, element.height] = [width, height];
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  element.style.aspectRatio = String(Math.min(4, Math.max(0.5, width / height)));
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.set([...colour((values[i] - low) / (high - low)), 255], 4 * i);
  }
  element.getContext("2d").putImageData(image, 0, 0);
  return element;
}

/** A picture beside the scale of its colours. */
export function picture(place, { values, shape, range, unit, label }) {
  const box = document.createElement("div");
  box.className = "picture";
  const scale = document.createElement("div");
  scale.className = "scale";
  const ramp = canvas(
    Array.from({ length: 64 }, (_, i) => 63 - i),
    [64, 1],
    [0, 63],
    "scale of the colours",
  );
  ramp.style.aspectRatio = "auto";
  const [top, middle, bottom] = [shown(range[1]), "", shown(range[0])].map((text) => {
    const span = document.createElement("span");
    span.textContent = text && `${text} ${unit}`.trim();
    return span;
  });
  scale.append(ramp, top, middle, bottom);
  box.append(canvas(values, shape, range, label), scale);
  place.append(box);
}
