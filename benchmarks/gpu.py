"""How fast surrogates are sampled on an NVIDIA card, and what its options cost and change.

    python benchmarks/gpu.py                    generators of each kind, untrained
    python benchmarks/gpu.py noisy-sine.onnx    a surrogate of your own, without conditions

A ratio is the median over the rounds of the line's time over that of the first line. Without a card, or without an
onnxruntime that uses it, a sentence says so. `--device cpu` prints what it can on the processor.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
from timing import Seconds, Work, cpu_model, in_turns, ratio

import gansurrogate as gs
from gansurrogate.doctor.nvidia import check_card, has_card
from gansurrogate.plugins import installed
from gansurrogate.providers import CPU, CUDA, DEFAULTS
from gansurrogate.session import onnxruntime, open_session

KINDS = ("mlp", "conv", "lstm", "default")  # in networks.py, which imports PyTorch
TILES = tuple(2**k for k in range(8, 17))
SEED = 7
VARIANTS: dict[str, Mapping[str, object]] = {
    "CUDA graph": {"enable_cuda_graph": 1},
    "TF32": {"use_tf32": 1},
    "EXHAUSTIVE search": {"cudnn_conv_algo_search": "EXHAUSTIVE"},
}
FIRST = """
import json, sys, time
from types import SimpleNamespace
began = time.perf_counter()
import gansurrogate as gs
from gansurrogate.plugins import installed
imported = time.perf_counter()
wanted = {"CUDAExecutionProvider": json.loads(sys.argv[3])}
hook = gs.hookimpl(lambda provider: wanted.get(provider), specname="provider_options")
installed().manager.register(SimpleNamespace(provider_options=hook))
surrogate = gs.load(sys.argv[1], device=sys.argv[2])
times = [began, imported, time.perf_counter()]
for _ in range(2):
    surrogate.sample(1, rng=0, start=10**6 * len(times))
    times.append(time.perf_counter())
print(json.dumps([b - a for a, b in zip(times, times[1:])]))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiles", nargs="+", type=int, default=TILES)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    if given.device.startswith("cuda") and (reason := why_not()):
        print(f"nothing to measure: {reason}")
        return
    print(*machine(), sep="\n", flush=True)
    if given.model:
        Bench(given.model, None, given.device, given.rounds).measure(given.tiles)
        return
    from gansurrogate_onnx import export
    from networks import CASES

    with tempfile.TemporaryDirectory() as folder:
        for name in given.only:
            case, file = CASES[name](), Path(folder, f"{name}.onnx")
            export(case.trained, file)
            print(f"\n{case.title}")
            Bench(file, case.trained, given.device, given.rounds).measure(given.tiles)


def why_not() -> str:
    """Why nothing can be measured on a card here; empty if it can."""
    if not has_card():
        return "there is no NVIDIA card on this machine"
    if CUDA not in onnxruntime().get_available_providers():
        return "this onnxruntime has no CUDA: pip uninstall -y onnxruntime && pip install 'gansurrogate[gpu]'"
    return ""


def machine() -> Iterator[str]:
    """What the figures depend on."""
    yield from (f"{finding.what}: {finding.value}" for finding in check_card())
    yield f"CUDA of this onnxruntime: {getattr(onnxruntime(), 'cuda_version', '') or 'none'}"
    yield f"processor: {cpu_model()}"
    yield f"python: {platform.python_version()}"
    yield from (f"{name}: {version(name)}" for name in ("gansurrogate", "numpy", "torch") if find_spec(name))
    yield f"onnxruntime: {onnxruntime().__version__}"


@contextmanager
def provider_options(wanted: Mapping[str, object]) -> Iterator[None]:
    """What is loaded inside gets these options for CUDA."""
    manager = installed().manager
    hook = gs.hookimpl(lambda provider: wanted if provider == CUDA else None, specname="provider_options")
    name = manager.register(SimpleNamespace(provider_options=hook))
    try:
        yield
    finally:
        manager.unregister(name=name)


class Bench:
    """The measurements of one surrogate file; `trained` is the same generator in PyTorch, if there is one."""

    def __init__(self, file: Path, trained: Any, device: str, rounds: int) -> None:
        self.file, self.trained, self.device, self.rounds = file, trained, device, rounds
        self.data = file.read_bytes()
        self.on_card = device.startswith("cuda")

    def load(self, options: Mapping[str, object] = MappingProxyType({}), threads: int = 1) -> gs.Surrogate:
        """The surrogate on the device, with these options for CUDA."""
        with provider_options(options):
            return gs.load(self.data, device=self.device, threads=threads)

    def measure(self, tiles: Sequence[int]) -> None:
        """Everything, printed as it comes."""
        self.first_signals()
        self.latents()
        n = 2 * max(tiles)
        print(f"\n{n:,} signals into an array of the host, by tile:\n")
        surrogate = self.load()
        works = {str(tile): Work(n, partial(surrogate.sample, n, rng=SEED, tile=tile)) for tile in tiles}
        seconds = in_turns(works, self.rounds)
        table(seconds)
        tile = self.advise(min(tiles, key=lambda tile: median(seconds[str(tile)])))
        print(f"\n{n:,} signals, tile {tile}:\n")
        table(in_turns({**self.surrogates(n), **self.pytorch(n, tile)}, self.rounds))
        self.deviations(n)

    def first_signals(self) -> None:
        """Seconds to the first signal and to the second, in fresh processes."""
        columns = ("search for convolutions", "import [s]", "load [s]", "first signal [s]", "second [s]")
        print(f"\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
        for search in ("HEURISTIC", "EXHAUSTIVE") if self.on_card else ("none",):
            options = json.dumps({"cudnn_conv_algo_search": search})
            command = [sys.executable, "-c", FIRST, str(self.file), self.device, options]
            runs = [json.loads(subprocess.check_output(command)) for _ in range(3)]
            print(
                f"| {search} | {' | '.join(f'{median(times):.3g}' for times in zip(*runs, strict=True))} |", flush=True
            )

    def latents(self) -> None:
        """Are the latents the bits of the processor's?"""
        if not find_spec("onnx"):
            print("\nleft out: the latents' bits, as onnx is not installed")
            return
        import onnx

        model = onnx.shape_inference.infer_shapes(onnx.load_from_string(self.data))
        cut = onnx.utils.Extractor(model).extract_model(["seed", "rows"], ["latent"]).SerializeToString()
        feeds = {"seed": np.array(SEED), "rows": np.arange(10_000) * 104_729}
        names = (CUDA if self.on_card else CPU, CPU)
        ours, theirs = (open_session(cut, (name, DEFAULTS.get(name, {}))).run(None, feeds)[0] for name in names)
        other = np.count_nonzero(ours.view(np.uint32) != theirs.view(np.uint32))
        print(f"\nlatents whose bits are not those of the processor: {other:,} of {ours.size:,}")

    def advise(self, tile: int) -> int:
        """Make `tile` the advised one, for which CUDA graphs are recorded; without the exporter it stays as it is."""
        manifest = self.load().manifest
        if not find_spec("gansurrogate_onnx"):
            return manifest.tile
        import onnx
        from gansurrogate_onnx.export import with_manifest

        self.data = with_manifest(onnx.load_from_string(self.data), replace(manifest, tile=tile))
        return tile

    def surrogates(self, n: int) -> dict[str, Work]:
        """The surrogate with each option."""
        plain, two = self.load(), self.load(threads=2)
        pool = ThreadPoolExecutor(2)

        def left_by_two() -> None:
            halves = pool.map(
                lambda start: plain.sample(n // 2, rng=SEED, start=start, device_output=True), (0, n // 2)
            )
            list(halves)

        works = {
            "surrogate.sample": Work(n, partial(plain.sample, n, rng=SEED)),
            "2 threads": Work(n, partial(two.sample, n, rng=SEED)),
            "left on the device": Work(n, partial(plain.sample, n, rng=SEED, device_output=True)),
            "left on the device, 2 threads": Work(n, left_by_two),
        }
        works |= {title: Work(n, partial(variant.sample, n, rng=SEED)) for title, variant in self.variants().items()}
        if self.on_card:
            processor = gs.load(self.file, device="cpu")
            title = f"the processor, {processor.threads} threads, tile {processor.manifest.tile}"
            works[title] = Work(n, partial(processor.sample, n, rng=SEED))
        return works

    def variants(self) -> dict[str, gs.Surrogate]:
        """The surrogate with each option that works for it."""
        working: dict[str, gs.Surrogate] = {}
        for title, options in VARIANTS.items() if self.on_card else ():
            try:
                working[title] = self.load(options)
                working[title].sample(2 * working[title].manifest.tile, rng=SEED)
            except gs.SurrogateError as error:
                print(f"left out: {title}, {error}\n")
                working.pop(title, None)
        return working

    def pytorch(self, n: int, tile: int) -> dict[str, Work]:
        """The same generator in PyTorch, eager, in batches of the tile."""
        if self.trained is None:
            return {}
        import torch

        from gansurrogate.train.trained import draw_latents

        if self.on_card and not torch.cuda.is_available():
            print("left out: PyTorch, as this one has no CUDA\n")
            return {}
        torch.set_num_threads(1)
        network, random = self.trained.network.to(self.device), torch.Generator(self.device).manual_seed(SEED)

        @torch.inference_mode()
        def call(place: str) -> None:
            with torch.device(self.device):
                batches = [
                    network(draw_latents(self.trained.latents, tile, random)).to(place) for _ in range(0, n, tile)
                ]
                torch.cat(batches)
            if self.on_card:
                torch.cuda.synchronize()

        places = {"PyTorch eager": "cpu", "PyTorch eager, left on the device": self.device}
        return {title: Work(n, partial(call, place)) for title, place in places.items()}

    def deviations(self, n: int) -> None:
        """How far each variant's signals are from the processor's, in standard deviations of the signals."""
        expected = gs.load(self.file, device="cpu").sample(n, rng=SEED)
        print("\n| largest deviation from the processor | standard deviations |\n|---|---|")
        for title, surrogate in {"surrogate.sample": self.load(), **self.variants()}.items():
            deviation = np.abs(surrogate.sample(n, rng=SEED) - expected).max() / expected.std()
            print(f"| {title} | {deviation:.2g} |", flush=True)


def table(seconds: Seconds) -> None:
    """Print `seconds` per signal, the first line being the reference of the ratios."""
    first = next(iter(seconds.values()))
    print("| what | us per signal | signals per second | ratio |\n|---|---|---|---|")
    for name, times in seconds.items():
        middle = median(times)
        print(f"| {name} | {middle * 1e6:.3g} | {1 / middle:,.0f} | {ratio(times, first):.2f} |", flush=True)


if __name__ == "__main__":
    main()
