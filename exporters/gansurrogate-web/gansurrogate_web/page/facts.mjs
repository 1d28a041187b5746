import { html } from "./controls.mjs";
import { shown } from "./plot.mjs";
import { kindOf, labelled, sizeOf } from "./signals.mjs";

/** A figure's name for people. */
function spoken(name) {
  const short = ["auc", "fdds", "fid", "ks", "mmd", "vds"];
  return name
    .split("_")
    .map((word) => (short.includes(word) ? word.toUpperCase() : word))
    .join(" ")
    .replace("held out", "held-out");
}

/** What a signal is, in a line. */
export function described(spec) {
  const { shape, axes, unit, tokens, conditions } = spec;
  const names = axes.map((axis) => labelled(axis.name, axis.unit));
  const what = tokens ? "tokens" : unit ? `values in ${unit}` : "values";
  const channels = sizeOf(shape.slice(0, -1));
  let size = `${shape.join(" x ")} ${what} along ${names.join(" and ")}`;
  if (kindOf(spec) === "lines") {
    size = `${shape.at(-1)} ${what} along ${names.at(-1)}${channels > 1 ? ` in each of ${channels} channels` : ""}`;
  }
  if (kindOf(spec) === "value") size = `one value${unit ? ` in ${unit}` : ""}`;
  const given = conditions.length ? "" : " It takes no conditions.";
  return `A signal has ${size}.${given} Drawn here, in this browser: nothing is sent.`;
}

/** The fidelity figures of the manifest. */
export function showFidelity(place, figures) {
  const names = Object.keys(figures);
  if (!names.length) {
    place.append(html("p", {}, "This surrogate carries no figures: its file was never judged against real signals."));
    return;
  }
  place.append(
    html(
      "p",
      {},
      "Each figure stands beside the same measurement of real signals against other real ones, its floor, which no " +
        "surrogate can be expected to beat. An AUC of 0.5 means that a judge cannot tell surrogate from real, 1 that it " +
        "always can.",
    ),
  );
  const head = ["figure", "surrogate", "real against real"].map((text) => html("th", { scope: "col" }, text));
  const rows = names.map((name) => {
    const cells = [spoken(name), shown(figures[name].value, 3), shown(figures[name].floor, 3)];
    return html("tr", {}, ...cells.map((text) => html("td", {}, text)));
  });
  const table = html("table", {}, html("thead", {}, html("tr", {}, ...head)), html("tbody", {}, ...rows));
  place.append(html("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "fidelity figures" }, table));
}

/** Where the surrogate comes from; `here` is what this browser has to add. */
export function showAbout(place, { name, version, license, citation, training, export: facts, file_sha256 }, here) {
  const said = {
    surrogate: `${name} ${version}`,
    "trained on": training.signal_generator ?? training.file,
    citation,
    licence: license || "not stated",
    ...here,
    exporter: facts.exporter,
    "SHA-256": file_sha256,
  };
  for (const [key, value] of Object.entries(said)) {
    if (value) place.append(html("dt", {}, key), html("dd", {}, String(value)));
  }
}
