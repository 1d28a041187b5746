// node host.mjs RUNTIME SURROGATE.MJS REQUEST.JSON OUTPUT.F32 draws what the request asks for as raw float32.
// RUNTIME is onnxruntime-node or a module of onnxruntime-web, SURROGATE.MJS what docs/other-languages.md prints.
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [runtime, module, request, output] = process.argv.slice(2);
const ort = await import(runtime);
const { inputs, load, sample } = await import(pathToFileURL(module));
const { file, draws } = JSON.parse(await readFile(request, "utf8"));
const surrogate = await load(ort, await readFile(file));
const drawn = [];
for (const { seed, rows, conditions, tensor, tile = surrogate.manifest.tile } of draws) {
  const tiled = { ...surrogate, manifest: { ...surrogate.manifest, tile } };
  const asked = [tiled, BigInt(seed), BigInt64Array.from(rows, BigInt), conditions];
  if (tensor === "signal") drawn.push(await sample(...asked));
  else drawn.push((await surrogate.session.run(inputs(...asked), [tensor]))[tensor].data);
}
await writeFile(output, drawn.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)));
