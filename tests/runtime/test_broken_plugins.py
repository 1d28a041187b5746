"""Broken plugins, each a real distribution: it is named with its cause, and the host and other plugins live on."""

import io
import logging
import os
import random
import signal
import sys
import warnings

import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate import plugins
from gansurrogate.asking import chosen_providers, provider_options
from gansurrogate.discovery import manners
from gansurrogate.discovery.offers import named_function
from gansurrogate.errors import PluginError
from gansurrogate.places import finding
from gansurrogate.providers import CPU

HEAD = "import gansurrogate as gs\n"
GENERATOR = (
    HEAD + "class Some(gs.SignalGenerator):\n    name, spec = 'some', gs.SignalSpec((3,))\n"
    "    def simulate(self, n, rng):\n        return rng.random((n, 3))\n"
)
HOOK = "@gs.hookimpl\ndef register_signal_generators(register):\n"
REGISTER = HOOK + "    register(Some())\n"
WRONG_ARGUMENT = "@gs.hookimpl\ndef register_signal_generators(registry):\n    pass\n"
MISSPELT = "@gs.hookimpl\ndef register_signal_generator(register):\n    pass\n"
BY_POSITION = "@gs.hookimpl\ndef resolve_model(uri, /):\n    pass\n"
NO_READER = "@gs.hookimpl\ndef register_readers(register):\n    register('.x', 3)\n"

# What a module holds, and what has to be said of it.
BROKEN = {
    "missing package": (
        "import no_such_package_at_all",
        "ModuleNotFoundError: No module named 'no_such_package_at_all'",
    ),
    "missing package in a hook": (
        HEAD + HOOK + "    import no_such_framework\n",
        "No module named 'no_such_framework'",
    ),
    "missing name in a package": ("from numpy import no_such_function", "ImportError: cannot import name"),
    "syntax error": ("def broken(:", "SyntaxError"),
    "wrong indentation": ("if True:\nx = 1", "IndentationError"),
    "wrong encoding": ("name = 'Schr\u00f6dinger'".encode("latin-1"), "SyntaxError"),
    "null bytes": (b"a = 1\0", "null bytes"),
    "error": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "silent error": ("raise RuntimeError", "RuntimeError"),
    "error without text": (
        "class Silent(Exception):\n    def __str__(self):\n        raise ValueError\nraise Silent",
        "Silent",
    ),
    "error in colours": ("raise OSError('\\x1b[2J\\x07gone\\nand more')", "OSError: \ufffd[2J\ufffdgone\ufffdand more"),
    "assertion": ("assert 1 == 2, 'no'", "AssertionError: no"),
    "exit": ("import sys; sys.exit('no licence')", "SystemExit: no licence"),
    "not even an Exception": ("class Odd(BaseException): pass\nraise Odd('odd')", "Odd: odd"),
    "endless recursion": ("def f(): return f()\nf()", "RecursionError"),
    "imports itself": ("from fake_a_broken import thing", "ImportError"),
    "no memory": ("raise MemoryError", "MemoryError"),
    "no hook": ("x = 1", "no function marked @gansurrogate.hookimpl; known hooks: after_tile, "),
    "misspelt hook": (HEAD + MISSPELT, "register_signal_generator"),
    "unknown argument": (HEAD + WRONG_ARGUMENT, "registry"),
    "unknown argument by keyword": (
        HEAD + "@gs.hookimpl\ndef provider_options(*, machine):\n    pass\n",
        "its hook provider_options wants the argument 'machine'; the hook has provider, manifest",
    ),
    "argument by position": (
        HEAD + BY_POSITION,
        "takes 'uri' by position only; hooks are called by keyword",
    ),
    "coroutine": (HEAD + "@gs.hookimpl\nasync def resolve_model(uri):\n    pass\n", "coroutine or a generator"),
    "generator": (HEAD + HOOK + "    yield register\n", "coroutine or a generator"),
    "wrapper": (HEAD + "@gs.hookimpl(wrapper=True)\ndef resolve_model(uri):\n    return (yield)\n", "is a wrapper"),
    "class instead of an instance": (GENERATOR + HOOK + "    register(Some)\n", "give an instance, not the class"),
    "wrong type": (HEAD + HOOK + "    register(42)\n", "register() takes a SignalGenerator; got 42"),
    "returns instead of registering": (
        GENERATOR + HOOK + "    return [Some()]\n",
        "it calls register(...) once for each",
    ),
    "no name": (GENERATOR + "del Some.name\n" + REGISTER, "Some has no name"),
    "name with a line break": (GENERATOR + "Some.name = 'a\\nb'\n" + REGISTER, "the name of Some is a word"),
    "name that is none": (GENERATOR + "Some.name = None\n" + REGISTER, "the name of Some is a word"),
    "spec of another kind": (GENERATOR + "Some.spec = (3,)\n" + REGISTER, "is a gansurrogate.SignalSpec"),
    "no physics": (
        HEAD + "class Empty(gs.SignalGenerator):\n    pass\n" + HOOK + "    register(Empty())\n",
        "abstract",
    ),
    "impossible spec": (HEAD + "spec = gs.SignalSpec((0,))", "a tuple of positive whole numbers"),
    "name of another plugin": (GENERATOR + "Some.name = 'pulse'\n" + REGISTER, "'pulse' is offered by"),
    "one name twice": (GENERATOR + REGISTER + "    register(Some())\n", "'some' is offered by"),
    "fails late": (GENERATOR + REGISTER + "    raise OSError('no disk')\n", "OSError: no disk"),
    "exits late": (GENERATOR + REGISTER + "    raise SystemExit(3)\n", "SystemExit: 3"),
    "reader that is none": (HEAD + NO_READER, "an ending and a function"),
}


@pytest.fixture
def host(install, capfd):
    """A program with a sound plugin that discovers: after that it is as it was, and nothing was printed."""
    install("b-pulses", offers=["pulse"])

    def discover():
        before = _state()
        try:
            return plugins.discover({plugins.RESTRICTION: "a-broken,b-pulses"})
        finally:
            assert _state() == before

    yield discover
    assert tuple(capfd.readouterr()) == ("", "")


def _state():
    root = logging.getLogger()
    generator = np.random.get_state()  # noqa: NPY002
    return (
        list(warnings.filters), random.getstate(), generator[1].tolist(), generator[2:], os.getcwd(),  # noqa: PTH109
        list(root.handlers), root.level, signal.getsignal(signal.SIGTERM), sys.stdout, sys.stderr,
    )  # fmt: skip


def assert_named(found, cause):
    """One plugin is broken, for this reason; the other works."""
    (broken,) = found.broken
    assert (broken.name, broken.distribution, broken.version) == ("a-broken", "a-broken", "1.2")
    assert cause in broken.error
    assert found.signal_generator("pulse").sample(2, rng=1).shape == (2, 3)


@pytest.mark.parametrize(("source", "cause"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_is_named_and_skipped(install, tmp_path, host, source, cause):
    install("a-broken")
    (tmp_path / "fake_a_broken.py").write_bytes(source if isinstance(source, bytes) else source.encode())
    if "'pulse'" in cause:  # of two plugins that offer a name the second is skipped, and nobody gets it
        found = host()
        assert [plugin.name for plugin in found.broken] == ["b-pulses"]
        with pytest.raises(PluginError, match="by plugin 'a-broken' of a-broken and by plugin 'b-pulses' of b-pulses"):
            found.signal_generator("pulse")
        return
    found = host()
    assert_named(found, cause)
    assert list(found.signal_generators) == ["pulse"]
    assert found.readers == {}
    with pytest.raises(LookupError, match=r"'some'; installed: pulse; plugin 'a-broken' of a-broken is broken"):
        found.signal_generator("some")


METADATA = {
    "a module that is not there": ("[gansurrogate]\na-broken = no_such_module_at_all\n", "no_such_module_at_all"),
    "an attribute that is not there": ("[gansurrogate]\na-broken = fake_a_broken:plugin\n", "no attribute 'plugin'"),
    "a class": ("[gansurrogate]\na-broken = pathlib:Path\n", "leads to the class Path; name a module, or an instance"),
    "something that holds no hooks": ("[gansurrogate]\na-broken = math:pi\n", "no function marked"),
    "nothing that can be read": ("[gansurrogate]\na-broken = not a module!!\n", "expected MODULE or MODULE:ATTRIBUTE"),
    "a line without a value": ("[gansurrogate]\na-broken\n", "its entry points cannot be read"),
    "bytes of another encoding": ("[gansurrogate]\na-broken = Schr\u00f6dinger\n".encode("latin-1"), "cannot be read"),
}


@pytest.mark.parametrize(("metadata", "cause"), METADATA.values(), ids=METADATA)
def test_broken_metadata_are_named_and_hide_no_other_plugin(install, tmp_path, capfd, metadata, cause):
    install("a-broken")
    install("b-pulses", offers=["pulse"])
    text = metadata if isinstance(metadata, bytes) else metadata.encode()
    (tmp_path / "fake_a_broken-1.2.dist-info" / "entry_points.txt").write_bytes(text)
    found = plugins.discover({plugins.RESTRICTION: "a-broken,b-pulses"})
    if b"=" in text and isinstance(metadata, str):
        assert_named(found, cause)
    else:  # no name can be read, so that it is asked for by that of its distribution
        assert cause in found.broken[0].error
        assert found.signal_generator("pulse")
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_distribution_without_metadata_is_loaded_all_the_same(install, tmp_path):
    install("a-nameless", offers=["some"])
    (tmp_path / "fake_a_nameless-1.2.dist-info" / "METADATA").unlink()
    (plugin,) = plugins.discover({plugins.RESTRICTION: "a-nameless"}).plugins
    assert (plugin.distribution, plugin.version, plugin.error) == ("unknown", "", "")


# --- bad manners -------------------------------------------------------------------------------------

RUDE = {
    "prints": ("print('hello', flush=True)", "printed 'hello'"),
    "prints to stderr": ("import sys; sys.stderr.write('hello')", "printed 'hello'"),
    "silences warnings": ("import warnings; warnings.simplefilter('ignore')", "changed the warning filters: put back"),
    "seeds numpy": ("import numpy; numpy.random.seed(0)", "changed numpy's global random state: put back"),
    "draws from Python's state": ("import random; random.random()", "changed Python's random state: put back"),
    "configures logging": (
        "import logging; logging.getLogger().addHandler(logging.NullHandler())",
        "changed the root logger: put back",
    ),
    "changes the folder": ("import os; os.chdir('/')", "changed the current folder: put back"),
    "takes signals": (
        "import signal; signal.signal(signal.SIGTERM, lambda *_: None)",
        "changed the handlers of Ctrl-C and SIGTERM: put back",
    ),
}


@pytest.mark.parametrize(("source", "remark"), RUDE.values(), ids=RUDE)
def test_what_a_plugin_does_to_the_host_is_put_back_and_told(install, host, caplog, source, remark):
    install("a-broken", "\n" + source, offers=["some"])
    found = host()
    (rude,) = [plugin for plugin in found.plugins if plugin.remarks]
    assert (rude.title, rude.error) == ("plugin 'a-broken' of a-broken", "")
    assert any(text.startswith(remark) for text in rude.remarks)
    assert remark in caplog.text
    assert sorted(found.signal_generators) == ["pulse", "some"]


def test_a_slow_import_is_named_with_its_seconds(install, monkeypatch):
    monkeypatch.setattr(manners, "SLOW", 0.0)
    install("a-slow", offers=["some"])
    (slow,) = plugins.discover({plugins.RESTRICTION: "a-slow"}).plugins
    assert slow.remarks == (f"took {slow.seconds:.1f} s: import what is heavy inside the functions that need it",)
    assert (slow.error, slow.signal_generators) == ("", ("some",))


def test_what_other_threads_print_meanwhile_goes_where_it_should(monkeypatch):
    from threading import Thread

    monkeypatch.setattr(sys, "stdout", io.StringIO())
    with manners.supervised() as visit:
        print("the plugin")  # noqa: T201  # as a rude one does
        other = Thread(target=print, args=("the host",))
        other.start()
        other.join()
    assert sys.stdout.getvalue() == "the host\n"
    assert visit.remarks == ["printed 'the plugin': a library does not"]


def test_an_interrupt_during_an_import_is_the_users_and_says_where(install, host):
    install("a-broken", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt) as caught:
        host()
    assert caught.value.__notes__ == ["while the plugin 'a-broken' of a-broken was loaded"]


# --- plugins that fail when they are asked ---------------------------------------------------------------

FAILURE = "the plugin 'a-broken' of a-broken failed in its hook {hook}: "
ASKED = {
    "provider_options": lambda found, golden: provider_options(found, golden.manifest, CPU),
    "choose_providers": lambda found, golden: chosen_providers(found, golden.manifest, [CPU]),
    "resolve_model": lambda found, golden: _find("store:x", found),
}


def _find(uri, plugins):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "installed", lambda: plugins)
        return finding.find(uri)


@pytest.mark.parametrize("hook", ASKED)
@pytest.mark.parametrize(("body", "cause"), [("raise KeyError('no')", "KeyError: 'no'"), ("exit(1)", "SystemExit: 1")])
def test_a_hook_that_fails_is_named(install, host, golden, hook, body, cause):
    install("a-broken", f"{HEAD}@gs.hookimpl\ndef {hook}(manifest=None):\n    {body}\n")
    with pytest.raises(PluginError) as caught:
        ASKED[hook](host(), golden)
    assert FAILURE.format(hook=hook) + cause == str(caught.value)


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("provider_options", "5"), ("provider_options", "{'use_tf32'}"), ("choose_providers", "'CPUExecutionProvider'"),
        ("choose_providers", "[]"), ("choose_providers", "['TpuExecutionProvider']"), ("resolve_model", "42"),
    ],
)  # fmt: skip
def test_a_hook_that_answers_with_something_else_is_named(install, host, golden, hook, answer):
    install("a-broken", f"{HEAD}@gs.hookimpl\ndef {hook}():\n    return {answer}\n")
    with pytest.raises(PluginError, match=f"the plugin 'a-broken' of a-broken has to give .* in its hook {hook}; got"):
        ASKED[hook](host(), golden)


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("register('name only')", "TypeError"),
        ("register('name', 3)", "PluginError: register() takes a name and a function; got 'name' and 3"),
        ("register('', print)", "PluginError: register() takes a name and a function"),
        ("raise ImportError('no GPU')", "ImportError: no GPU"),
        ("return {'a': 3}", "it calls register(...) once for each"),
    ],
)
def test_offers_that_are_asked_for_later_break_only_that_hook(install, host, caplog, body, cause):
    late = f"@gs.hookimpl\ndef register_measures(register):\n    register('sound', print)\n    {body}\n"
    install("a-broken", GENERATOR + REGISTER + late)
    install("c-sound", f"{HEAD}@gs.hookimpl\ndef register_measures(register):\n    register('other', print)\n")
    found = plugins.discover({plugins.RESTRICTION: "a-broken,b-pulses,c-sound"})
    assert found.broken == []
    assert found.offered("register_measures", named_function).things == {"other": print}
    assert_named(found, cause)
    assert found.broken[0].error.startswith("register_measures: ")
    assert sorted(found.signal_generators) == ["pulse", "some"]  # a host may be using it
    assert "register_measures" in caplog.text


def test_the_host_samples_beside_every_broken_plugin_at_once(install, tmp_path, monkeypatch, golden_path):
    """All of them installed in one process, as nobody would: a surrogate is loaded and drawn from."""
    for i, (source, _) in enumerate([*BROKEN.values(), *RUDE.values()]):
        install(f"p{i}", offers=())
        text = source if isinstance(source, bytes) else source.encode()
        (tmp_path / f"fake_p{i}.py").write_bytes(text.replace(b"fake_a_broken", f"fake_p{i}".encode()))
    monkeypatch.delenv(plugins.RESTRICTION, raising=False)
    plugins.installed.cache_clear()
    try:
        with gs.load(golden_path, device="cpu") as surrogate:
            assert surrogate.sample(5, conditions={"energy": 100.0, "kind": "b"}, rng=1).shape == (5, 2, 16)
        names = {plugin.distribution for plugin in plugins.installed().broken}
        assert {f"p{i}" for i in range(len(BROKEN))} - names <= {"p34"}  # whose name nobody else offers here
    finally:
        plugins.installed.cache_clear()
