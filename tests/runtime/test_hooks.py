"""Every hook is documented, and its documented example works as a plugin: installed, found by entry point, called."""

import inspect
import logging
import re

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import hookspecs, plugins
from gansurrogate.asking import chosen_providers, provider_options
from gansurrogate.providers import CPU, CUDA
from gansurrogate.reading import Selection

SET = {"energy": 100.0, "kind": "b"}


def documented_plugin(hook):
    """The example in the hook's docstring, as a module."""
    text = inspect.getdoc(getattr(hookspecs, hook))
    return "import numpy as np\nimport gansurrogate as gs\n\n" + re.search(r"Examples\n-+\n(.*)", text, re.DOTALL)[1]


@pytest.fixture
def active(install, monkeypatch):
    """The plugin of a hook, as the only one of this process."""

    def activate(hook):
        install("example", documented_plugin(hook))
        monkeypatch.setenv(plugins.RESTRICTION, "example")
        plugins.installed.cache_clear()
        return plugins.installed()

    yield activate
    plugins.installed.cache_clear()


def register_signal_generators(found, **_):
    assert found.signal_generator("decay").sample(2, rng=1).shape == (2, 64)


def register_readers(found, tmp_path, **_):
    np.arange(300, dtype="<i2").tofile(tmp_path / "run.adc")
    ending, read = found.reader("run.ADC")
    assert (ending, read(tmp_path / "run.adc", Selection()).signals.shape) == (".adc", (3, 100))


def register_recipes(**_):
    from gansurrogate.train.recipes import find_recipe, recipe_from

    assert find_recipe("first-look").width == 32
    assert recipe_from({"base": "first-look", "depth": 2}).checks == 3


def register_networks(**_):
    pytest.importorskip("torch")
    from gansurrogate.train.default.recipe import DefaultRecipe
    from gansurrogate.train.recordings import Recordings
    from gansurrogate.train.trained import generate

    signals = np.sin(np.arange(20)) * np.random.default_rng(0).normal(1, 0.1, (400, 1)).astype(np.float32)
    recordings = Recordings("waves", gs.SignalSpec((20,)), signals.astype(np.float32), {}, {})
    recipe = DefaultRecipe(family="template", batch_size=16, head_width=16, pilot_signals=200, held_out_signals=60)
    game = recipe.prepare(recordings, seed=1)
    assert type(game.network).__name__ == "Template"
    assert all(np.isfinite(list(game.move(0, 0.0).values())))
    assert generate(game.network, [], 5).shape == (5, 20)


def register_measures(**_):
    pytest.importorskip("sklearn")
    from gansurrogate.fidelity import Comparison, Sample, judge

    signals = np.random.default_rng(0).random((300, 8)).astype(np.float32)
    real, other, doubled = signals[:100], signals[100:200], 2 * signals[200:]
    comparison = Comparison(gs.SignalSpec((8,)), *(Sample(each) for each in (real, other, doubled)))
    (figure,) = judge(comparison, only=(), also=["largest values"]).figures
    assert figure.name == "largest_ratio"
    assert figure.value == pytest.approx(2, rel=0.1)
    assert figure.floor == pytest.approx(1, rel=0.1)


def register_commands(text_path, capsys, **_):
    pytest.importorskip("typer")
    from gansurrogate.cli.app import run

    assert run(["peek", str(text_path), "--rows", "2"]) == 0
    assert capsys.readouterr().out.count("[") == 2
    run(["--help"])
    assert "Print the first values" in capsys.readouterr().out


def resolve_model(golden_path, monkeypatch, **_):
    monkeypatch.setenv("SURROGATE_STORE", str(golden_path.parent))
    assert gs.load(f"store:{golden_path.stem}", device="cpu").manifest.name == "golden"
    with pytest.raises(LookupError, match=r"there is no file shop:golden, and no plugin with the hook resolve_model"):
        gs.load("shop:golden")


def choose_providers(found, golden, monkeypatch, **_):
    monkeypatch.setattr("socket.gethostname", lambda: "login7")
    assert chosen_providers(found, golden.manifest, [CUDA, CPU]) == [CPU]
    monkeypatch.setattr("socket.gethostname", lambda: "node7")
    assert chosen_providers(found, golden.manifest, [CUDA, CPU]) is None


def provider_options_(found, golden, **_):
    assert provider_options(found, golden.manifest, CUDA) == {"gpu_mem_limit": 2**30}
    assert provider_options(found, golden.manifest, CPU) == {}


def before_tile(golden_path, caplog, **_):
    with caplog.at_level(logging.INFO, "tracing"):
        gs.load(golden_path, device="cpu", threads=1).sample(150, conditions=SET, rng=1, start=10, tile=100)
    assert caplog.messages == ["golden: rows 10 to 109", "golden: rows 110 to 159"]


def after_tile(golden, golden_path, **_):
    plain = golden.sample(150, conditions=SET, rng=1)
    assert np.abs(plain).max() > 0.25
    clipped = gs.load(golden_path, device="cpu").sample(150, conditions=SET, rng=1, tile=100)
    assert np.array_equal(clipped, np.clip(plain, -0.25, 0.25))


def answer_outside(golden, golden_path, **_):
    energy = np.where(np.arange(150) % 50 == 7, 1e4, 100.0)
    found = gs.load(golden_path, device="cpu")
    signals = found.sample(150, conditions={"energy": energy, "kind": "b"}, rng=1, domain="simulate", tile=100)
    assert (signals[7::50] == 5).all()
    inside = energy == 100
    assert np.array_equal(signals[inside], golden.sample(150, conditions=SET, rng=1)[inside])


EXERCISES = {
    each.__name__.rstrip("_"): each
    for each in (
        register_signal_generators, register_readers, register_recipes, register_networks, register_measures,
        register_commands, resolve_model, choose_providers, provider_options_, before_tile, after_tile, answer_outside,
    )
}  # fmt: skip


@pytest.mark.parametrize("hook", plugins.hook_names())
def test_the_documented_example_of_every_hook_works(
    hook, active, golden, golden_path, text_path, tmp_path, monkeypatch, capsys, caplog
):
    found = active(hook)
    (plugin,) = found.plugins
    assert (plugin.name, plugin.hooks, plugin.error, plugin.remarks) == ("example", (hook,), "", ())
    EXERCISES[hook](
        found=found, golden=golden, golden_path=golden_path, text_path=text_path, tmp_path=tmp_path,
        monkeypatch=monkeypatch, capsys=capsys, caplog=caplog,
    )  # fmt: skip
    assert found.broken == []


@pytest.mark.parametrize("hook", plugins.hook_names())
def test_every_argument_of_a_hook_is_documented(hook):
    specification = getattr(hookspecs, hook)
    section = re.search(r"Parameters\n-+\n(.*?)(\n\n\w+\n---|\Z)", inspect.getdoc(specification), re.DOTALL)[1]
    heads = {name.strip() for line in section.split("\n") if line[:1].strip() for name in line.split(":")[0].split(",")}
    assert heads == set(inspect.signature(specification).parameters)
