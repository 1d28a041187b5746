"""The hooks a plugin may implement; docs/hooks.md is written from these docstrings.

A plugin is a module (or object) with functions marked ``@gansurrogate.hookimpl``, announced by an entry point in the
group ``gansurrogate``. Hooks are called by keyword, and a function takes those arguments that it wants: arguments may
be added to a hook later, never removed. Plugins are loaded by the runtime, so they import numpy only at the top;
anything heavy is imported inside the function that needs it.
"""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
import pluggy
from numpy.typing import ArrayLike, NDArray

from gansurrogate.manifest import Manifest
from gansurrogate.reading import Reader
from gansurrogate.signals import SignalArray, SignalGenerator

PROJECT = "gansurrogate"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_signal_generators(register: Callable[[SignalGenerator], None]) -> None:
    """Offer signal generators. Asked as soon as the plugin is loaded.

    Parameters
    ----------
    register : callable
        Call ``register(signal_generator)`` once for each.

    Examples
    --------
    class Decay(gs.SignalGenerator):
        name = "decay"
        spec = gs.SignalSpec(shape=(64,), unit="V", sampling_rate=1e3)

        def simulate(self, n, rng):
            height = rng.exponential(1.0, (n, 1))
            return height * np.exp(-np.arange(64) / 20) + 0.01 * rng.standard_normal((n, 64))


    @gs.hookimpl
    def register_signal_generators(register):
        register(Decay())
    """


@hookspec
def register_readers(register: Callable[[str, Reader], None]) -> None:
    """Offer readers of recordings. Asked as soon as the plugin is loaded; a reader works when its file is trained on.

    Parameters
    ----------
    register : callable
        Call ``register(ending, reader)`` once for each ending of file names. ``reader(path, selection)`` gives a
        `gansurrogate.FileContent`.

    Examples
    --------
    def read_adc(path, selection):
        return gs.FileContent(np.fromfile(path, "<i2").reshape(-1, 100), unit="counts", sampling_rate=1e6)


    @gs.hookimpl
    def register_readers(register):
        register(".adc", read_adc)
    """


@hookspec
def register_recipes(register: Callable[[Any], None]) -> None:
    """Offer recipes of trainings. Asked when somebody lists recipes or trains.

    Parameters
    ----------
    register : callable
        Call ``register(recipe)`` once for each `gansurrogate.train.recipe.Recipe`: a built-in one with other numbers,
        or of a class of your own. Import it inside the function: a host that samples has no training.

    Examples
    --------
    @gs.hookimpl
    def register_recipes(register):
        from gansurrogate.train.default.recipe import DefaultRecipe

        register(DefaultRecipe(name="first-look", description="a rough surrogate soon", width=32, checks=3))
    """


@hookspec
def register_networks(register: Callable[[str, Callable[..., Any]], None]) -> None:
    """Offer generator networks: families that a recipe names as ``family``. Asked when a recipe wants one.

    Parameters
    ----------
    register : callable
        Call ``register(family, build)`` once for each. ``build(pilot, signals, conditions, recipe)`` gets the first
        look at the data, signals (n, *shape) as a tensor, the conditions of the spec and the recipe; it gives a
        `gansurrogate.train.networks.GeneratorNetwork`, which is judged as the family ``conv`` is, or
        `gansurrogate.train.default.players.Players` with a discriminator of its own.

    Examples
    --------
    def build_template(pilot, signals, conditions, recipe):
        import torch
        from gansurrogate.latent import Latent
        from gansurrogate.train.networks import GeneratorNetwork

        class Template(GeneratorNetwork):
            # a learned pattern of random size, and white noise
            latents = (Latent("normal", 1 + signals.shape[-1]),)

            def __init__(self):
                super().__init__()
                self.pattern = torch.nn.Parameter(signals.mean(0))
                self.noise = torch.nn.Parameter(signals.std(0))

            def forward(self, latent, *conditions):
                return (1 + latent[:, :1]) * self.pattern + latent[:, 1:] * self.noise

        return Template()


    @gs.hookimpl
    def register_networks(register):
        register("template", build_template)
    """


@hookspec
def register_measures(register: Callable[[str, Callable[..., Any]], None]) -> None:
    """Offer measures of fidelity, for ``gansurrogate evaluate --with NAME``. Asked when somebody evaluates.

    Parameters
    ----------
    register : callable
        Call ``register(name, measure)`` once for each. ``measure(comparison)`` takes a
        `gansurrogate.fidelity.Comparison` and gives a list of figures and a list of curves.

    Examples
    --------
    def largest_values(comparison):
        # ratio of the mean largest values, with its interval
        from gansurrogate.fidelity.estimate import Estimate

        def ratio(a, b):
            return Estimate.of_resamples(lambda x, y: float(y.mean() / x.mean()), a, b, seed=comparison.seed)

        found = comparison.measured(ratio, lambda sample: sample.signals.reshape(len(sample), -1).max(1))
        return [comparison.figure("largest_ratio", found)], []


    @gs.hookimpl
    def register_measures(register):
        register("largest values", largest_values)
    """


@hookspec
def register_commands(register: Callable[[str, Callable[..., Any]], None]) -> None:
    """Offer commands of the command line. Asked when a command is called that is not built in, and by ``--help``.

    Parameters
    ----------
    register : callable
        Call ``register(name, function)`` once for each; the function's arguments become those of the command, as in
        typer.

    Examples
    --------
    @gs.hookimpl
    def register_commands(register):
        def peek(model: str, rows: int = 3):
            \"\"\"Print the first values of a few signals.\"\"\"
            for signal in gs.load(model).sample(rows, rng=0):
                print(signal.ravel()[:4])

        register("peek", peek)
    """


@hookspec
def resolve_model(uri: str) -> bytes | str | PathLike[str] | None:
    """Find the surrogate file that a URI such as ``store:pulses`` stands for: ``gansurrogate.load("store:pulses")``.

    Plugins are asked before the built-in schemes (``https:``, ``doi:``, ``s3:``, ``hf:``, ...): a site may serve these
    from a mirror. Whoever touches a network obeys ``GANSURROGATE_OFFLINE``.

    Parameters
    ----------
    uri : str
        As the user wrote it; it begins with a scheme of two or more characters and a colon. If it ends in
        ``#sha256=`` and 64 hexadecimal digits, the answer's content has to have that hash.

    Returns
    -------
    bytes, path or None
        The file's content, or where it lies; None leaves the URI to other plugins. What comes back is checked as any
        file is. The plugin registered last is asked first.

    Examples
    --------
    @gs.hookimpl
    def resolve_model(uri):
        import os
        from pathlib import Path

        scheme, _, name = uri.partition(":")
        if scheme == "store":
            return Path(os.environ["SURROGATE_STORE"], f"{name}.onnx")
    """


@hookspec
def choose_providers(available: Sequence[str], manifest: Manifest) -> Sequence[str] | None:
    """Choose the onnxruntime providers that ``device="auto"`` tries, as a site wants it. Asked by ``load``.

    A device that the user names is honoured or refused, whatever a plugin says.

    Parameters
    ----------
    available : sequence of str
        What this onnxruntime was built with, in its own order.
    manifest : Manifest
        Of the surrogate.

    Returns
    -------
    sequence of str, or None
        Names out of `available`, the one to try first at the front; the last has to work. None leaves the choice to
        other plugins, and in the end to the runtime: CUDA where it starts, else the CPU. The plugin registered last is
        asked first.

    Examples
    --------
    @gs.hookimpl
    def choose_providers(available):
        import socket

        if socket.gethostname().startswith("login"):  # its GPU is for looking at pictures
            return ["CPUExecutionProvider"]
    """


@hookspec
def provider_options(provider: str, manifest: Manifest) -> Mapping[str, object] | None:
    """Set options of an onnxruntime provider, as a site or a program wants them. Asked by ``load``.

    Parameters
    ----------
    provider : str
        As ``"CUDAExecutionProvider"``.
    manifest : Manifest
        Of the surrogate.

    Returns
    -------
    mapping, or None
        Options over the defaults; None changes nothing. Of two plugins that set the same option the one registered last
        wins.

    Examples
    --------
    @gs.hookimpl
    def provider_options(provider):
        if provider == "CUDAExecutionProvider":
            return {"gpu_mem_limit": 2**30}
    """


@hookspec
def before_tile(manifest: Manifest, seed: int, rows: range, conditions: Mapping[str, NDArray[Any]]) -> None:
    """Be told that a tile is going to be computed: progress, tracing.

    With several threads it is called from several at a time. Rows that are computed ahead of a host that asks for few
    are told when they are computed.

    Parameters
    ----------
    manifest : Manifest
        Of the surrogate.
    seed : int
    rows : range
        Of the stream.
    conditions : mapping of name to array of shape (len(rows), ...)
        In physical units; levels as their indices.

    Examples
    --------
    import logging


    @gs.hookimpl
    def before_tile(manifest, rows):
        logging.getLogger("tracing").info("%s: rows %d to %d", manifest.name, rows.start, rows.stop - 1)
    """


@hookspec
def after_tile(
    manifest: Manifest, seed: int, rows: range, conditions: Mapping[str, NDArray[Any]], signals: SignalArray
) -> ArrayLike | None:
    """See the signals of a tile and, if need be, replace them: tracing, post-processing.

    With several threads it is called from several at a time. The self-test sees signals as they are in the file. Where
    a plugin has this hook, ``device_output=True`` is refused: signals that stay on the device cannot be shown.

    Parameters
    ----------
    manifest, seed, rows, conditions
        As for `before_tile`.
    signals : array of shape (len(rows), *spec.shape)
        In the surrogate's unit; not to be changed in place.

    Returns
    -------
    array of the same shape and type, or None
        What the user gets instead; None changes nothing. Each row has to follow from its own values, row number, seed
        and conditions alone, or rows would depend on how they are cut into tiles. With several plugins each sees what
        the one before gave; the one registered last begins.

    Examples
    --------
    @gs.hookimpl
    def after_tile(signals):
        return np.clip(signals, -0.25, 0.25)  # the host's digitiser saturates
    """


@hookspec
def answer_outside(
    manifest: Manifest, seed: int, rows: NDArray[np.int64], conditions: Mapping[str, NDArray[Any]]
) -> ArrayLike | None:
    """Give the signals of rows whose conditions leave the range that the surrogate was trained on.

    Asked for calls with ``domain="simulate"``, tile by tile. If no plugin answers, the signal generator of the name in
    the manifest does, where it is installed.

    Parameters
    ----------
    manifest : Manifest
        Of the surrogate.
    seed : int
    rows : array of int64, shape (k,)
        Of the stream, ascending.
    conditions : mapping of name to array of shape (k, ...)
        As a user writes them.

    Returns
    -------
    array of shape (k, *spec.shape), or None
        None leaves the rows to other plugins. The plugin registered last is asked first.

    Examples
    --------
    @gs.hookimpl
    def answer_outside(manifest, rows, conditions):
        if "energy" in conditions:  # above its range the detector saturates: no signal but its ceiling
            return np.full((len(rows), *manifest.spec.shape), 5.0)
    """
