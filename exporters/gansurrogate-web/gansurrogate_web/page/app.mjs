import { Controls, html } from "./controls.mjs";
import { csv, download, fileName } from "./csv.mjs";
import { described, showAbout, showFidelity } from "./facts.mjs";
import { extent, shown } from "./plot.mjs";
import { Sampler, kindOf, numbers, sizeOf } from "./signals.mjs";
import { load, selfTest } from "./surrogate.mjs";
import { densityUnit, hasSpectrum, showDistribution, showSignal, showSpectrum, showTiles } from "./views.mjs";

const TILES = 6;
const VALUES = 2000; // of a signal that is one value, in its distribution
const AVERAGED = 100; // rows in the mean spectrum
const MOST_VALUES = 1_000_000; // drawn for it

const at = (id) => document.getElementById(id);

/** The bytes that lie in the page under `id`, packed by gzip and base64. */
async function unpacked(id) {
  const text = atob(at(id).textContent);
  const packed = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** onnxruntime-web, from the page itself: nothing is fetched. */
async function onnxruntime() {
  const url = URL.createObjectURL(new Blob([await unpacked("onnxruntime")], { type: "text/javascript" }));
  const ort = await import(url);
  URL.revokeObjectURL(url);
  ort.env.wasm.wasmBinary = (await unpacked("wasm")).buffer;
  return ort;
}

/** Array conditions to choose from: those of the real signals, or of the surrogate's self-test. */
function examples({ spec, self_test }, real) {
  const given = real?.conditions ?? self_test.conditions;
  const count = Object.values(given)[0]?.length ?? 0;
  return Array.from({ length: count }, (_, i) => ({
    title: `${real?.conditions ? "of real signal" : "of the self-test,"} ${i + 1}`,
    conditions: Object.fromEntries(
      spec.conditions.map(({ name, shape }) => {
        const entry = given[name][i];
        return [name, Array.isArray(entry) ? entry : Array(sizeOf(shape)).fill(entry)];
      }),
    ),
  }));
}

/** Conditions in words. */
function said(spec, conditions) {
  const each = spec.conditions.filter((c) => !c.shape && conditions[c.name]);
  return each.map((c) => {
    const [value] = conditions[c.name];
    return `${c.name} ${c.levels ? c.levels[value] : `${shown(value, 3)} ${c.unit}`}`.trim();
  });
}

class Page {
  constructor(sampler, real) {
    Object.assign(this, { sampler, real, manifest: sampler.manifest, spec: sampler.manifest.spec });
    this.controls = new Controls(at("controls"), this.spec, examples(this.manifest, real));
    this.downloads();
    at("controls").addEventListener("input", () => this.changed());
    addEventListener("resize", () => this.changed());
    at("gallery-title").textContent = real ? "Real and surrogate" : "More rows";
    this.averaged = Math.max(1, Math.min(AVERAGED, Math.floor(MOST_VALUES / sizeOf(this.spec.shape))));
    const value = kindOf(this.spec) === "value";
    at("spectrum").parentElement.hidden = !hasSpectrum(this.spec) && !value;
    at("spectrum-title").textContent = value ? "Distribution" : "Spectrum";
    at("spectrum-note").textContent = value
      ? `Of ${VALUES} rows from this one on.`
      : `Power spectral density in ${densityUnit(this.spec)}, Hann window, mean removed: of the row above (thin), ` +
        `and the mean of ${this.averaged} rows from it on (thick).`;
  }

  downloads() {
    const count = html("input", { type: "number", id: "count", value: 1, min: 1, max: 1000, step: 1, required: true });
    const button = html("button", { type: "button", id: "download" }, "Download CSV");
    const label = html("label", { htmlFor: "count" }, "Rows to save");
    button.className = "wide";
    at("controls").append(html("div", { className: "control" }, label, count, button));
    button.addEventListener("click", () =>
      this.guarded(async () => {
        const n = count.valueAsNumber;
        if (!(Number.isInteger(n) && n >= 1 && n <= 1000)) throw new RangeError("a file has 1 to 1000 rows");
        const asked = this.controls.read();
        download(csv(this.spec, asked.row, await this.sampler.sample(asked, n)), fileName(this.manifest, asked, n));
      }),
    );
  }

  /** Draw what is asked for now; while drawing, only the latest change is kept. */
  async changed() {
    this.again = true;
    if (this.drawing) return;
    this.drawing = true;
    document.body.ariaBusy = "true";
    while (this.again) {
      this.again = false;
      await this.guarded(() => this.draw());
    }
    this.drawing = false;
    document.body.ariaBusy = "false";
  }

  /** A mistake is told at the top, and the last good picture stays. */
  async guarded(work) {
    try {
      await work();
      at("problem").hidden = true;
    } catch (error) {
      at("problem").textContent = error.message;
      at("problem").hidden = false;
    }
  }

  async draw() {
    const asked = this.controls.read();
    const [signal] = await this.sampler.sample(asked);
    showSignal(at("signal"), this.spec, signal, `row ${asked.row} of seed ${asked.seed}`);
    if (this.again) return;
    await this.gallery(asked);
    if (this.again) return;
    if (kindOf(this.spec) === "value") {
      const drawn = await this.sampler.sample(asked, VALUES);
      showDistribution(
        at("spectrum"),
        this.spec,
        drawn.map((one) => numbers(this.spec, one)[0]),
      );
    }
    if (hasSpectrum(this.spec))
      showSpectrum(at("spectrum"), this.spec, await this.sampler.sample(asked, this.averaged));
  }

  async gallery(asked) {
    const { spec, real } = this;
    const n = real?.signals.length ?? TILES;
    const paired = real?.conditions;
    const each = Array.from({ length: n }, (_, i) =>
      Object.fromEntries(
        spec.conditions.map(({ name }) => [name, paired ? [paired[name][i]].flat() : asked.conditions[name]]),
      ),
    );
    const conditions = Object.fromEntries(spec.conditions.map(({ name }) => [name, each.flatMap((one) => one[name])]));
    const drawn = await this.sampler.sample({ ...asked, row: real ? asked.row : asked.row + 1n, conditions }, n);
    const shownReal = real?.signals ?? [];
    const range =
      kindOf(spec) === "text" ? null : extent([...shownReal, ...drawn].map((signal) => numbers(spec, signal)));
    const first = real ? asked.row : asked.row + 1n;
    const notes = each.map((one) => said(spec, one));
    const rows = notes.map((note, i) => [`row ${first + BigInt(i)}`, ...(paired ? note : [])].join(", "));
    const groups = [["Surrogate", "surrogate", drawn, rows]];
    if (real)
      groups.unshift([
        "Real",
        "real",
        real.signals,
        notes.map((note, i) => (paired && note.length ? note.join(", ") : `signal ${i + 1}`)),
      ]);
    at("gallery-note").textContent = this.note();
    at("gallery").replaceChildren();
    for (const [title, kind, signals, captions] of groups) {
      const { tiles, draw } = showTiles(spec, signals, captions, kind, range);
      const heading = real ? [html("h3", { className: `${kind}-title` }, title)] : [];
      at("gallery").append(html("div", {}, ...heading, tiles));
      draw();
    }
  }

  note() {
    const scale = ["lines", "picture"].includes(kindOf(this.spec)) ? "All on one scale. " : "";
    if (!this.real) return `${scale}The next rows under the same conditions.`;
    const how =
      this.real.conditions && this.spec.conditions.length
        ? "Each surrogate signal is drawn under the conditions of the real one at its place."
        : "They are not meant to be alike one by one, but as a set.";
    return `${scale}Real signals from ${this.real.source}. ${how}`;
  }
}

async function start() {
  const [bytes, ort] = await Promise.all([unpacked("model"), onnxruntime()]);
  const surrogate = await load(ort, bytes);
  const { manifest } = surrogate;
  at("description").textContent = manifest.description;
  at("description").hidden = !manifest.description;
  at("what").textContent = described(manifest.spec);
  const sampler = new Sampler(surrogate, bytes);
  const real = JSON.parse(at("real").textContent);
  if (real) real.signals = real.signals.map((signal) => Float64Array.from(signal));
  const page = new Page(sampler, real);
  const test = await selfTest(surrogate).then(
    () => "passed: this browser gives the values that the file promises",
    String,
  );
  at("failed").textContent = `This browser does not give the surrogate's signals. ${test}`;
  at("failed").hidden = test.startsWith("passed");
  showFidelity(at("fidelity"), manifest.fidelity);
  showAbout(at("about"), manifest, {
    "self-test": test,
    "runs on": `onnxruntime-web ${ort.env.versions.web} (MIT licence)`,
  });
  globalThis.gansurrogate = sampler; // for checks from the browser's console
  await page.changed();
}

start().catch((error) => {
  at("problem").textContent = `The surrogate cannot be run in this browser: ${error.message}`;
  at("problem").hidden = false;
});
