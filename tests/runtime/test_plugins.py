"""Plugins are found through real entry points; a broken one is named and skipped, and the others live on."""

import sys
from dataclasses import replace

import pytest

from gansurrogate import plugins
from gansurrogate.errors import PluginError, UnknownNameError


def discover(*names):
    """Load the named plugins only, whatever else is installed on this machine."""
    return plugins.discover({plugins.RESTRICTION: ",".join(names)})


def report(found):
    return {(plugin.name, plugin.distribution): plugin for plugin in found.plugins}


def test_a_good_plugin_is_loaded_and_its_generators_are_known(install):
    install("pulses", offers=["pulse", "step"])
    found = discover("pulses")
    expected = plugins.Plugin("pulses", "pulses", "1.2", ("register_signal_generators",), ("pulse", "step"))
    assert found.plugins == [expected]
    assert found.broken == []
    assert found.signal_generator("step").sample(2, rng=1).shape == (2, 3)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import no_such_package_at_all", "ModuleNotFoundError: No module named 'no_such_package_at_all'"),
        ("def broken(:", "SyntaxError"),
        ("raise RuntimeError", "RuntimeError"),
        ("import sys; sys.exit('no licence')", "SystemExit: no licence"),
        (
            "del register_signal_generators",
            "no function marked @gansurrogate.hookimpl; known hooks: provider_options, register_readers, register_",
        ),
        ("@gs.hookimpl\ndef register_signal_generator(register):\n    pass\n", "register_signal_generator"),
        ("@gs.hookimpl\ndef register_signal_generators(registry):\n    pass\n", "registry"),
        ("    register(Constant)\n", "give an instance, not the class"),
        ("    raise OSError('no disk')\n", "OSError: no disk"),
    ],
    ids=["import", "syntax", "error", "exit", "no hook", "misspelt hook", "argument", "class", "late error"],
)
def test_a_broken_plugin_is_named_and_skipped(install, source, cause):
    install("a-broken", source, offers=["good"])
    install("b-pulses", offers=["pulse"])
    found = discover("a-broken", "b-pulses")
    (broken,) = found.broken
    assert (broken.name, broken.distribution, broken.version) == ("a-broken", "a-broken", "1.2")
    assert cause in broken.error
    assert broken.signal_generators == ()
    assert list(found.signal_generators) == ["pulse"]
    with pytest.raises(UnknownNameError, match=r"no signal generator is called 'good'; installed: pulse; .*a-broken"):
        found.signal_generator("good")


def test_an_entry_point_to_a_missing_module_is_named(install, tmp_path):
    install("gone", "")
    (tmp_path / "fake_gone.py").unlink()
    (broken,) = discover("gone").broken
    assert "fake_gone" in broken.error


def test_a_name_of_two_plugins_is_refused_naming_both_and_the_others_work(install):
    install("a-pulses", offers=["only-a", "pulse"])
    install("b-pulses", offers=["pulse"])
    install("c-pulses", offers=["only-c"])
    found = discover("a-pulses", "b-pulses", "c-pulses")
    for _ in range(2):
        with pytest.raises(PluginError, match=r"'pulse' is offered by .*'a-pulses' of a-pulses and by .*'b-pulses'"):
            found.signal_generator("pulse")
    assert sorted(found.signal_generators) == ["only-a", "only-c"]
    assert found.signal_generator("only-a").name == "only-a"
    assert [plugin.name for plugin in found.broken] == ["b-pulses"]


def test_choosing_one_plugin_settles_a_taken_name(install):
    install("a-pulses", offers=["pulse"])
    install("b-pulses", offers=["pulse"])
    assert type(discover("b-pulses").signal_generator("pulse")).__module__ == "fake_b_pulses"


def test_two_distributions_with_one_entry_point_name_leave_the_first_working(install):
    install("first", offers=["from-first"], entry="pulses")
    install("second", offers=["from-second"], entry="pulses")
    found = discover("pulses")
    assert found.signal_generator("from-first").name == "from-first"
    (broken,) = found.broken
    assert broken.distribution == "second"
    assert "first" in broken.error
    assert "second" in broken.error
    assert len(found.manager.get_plugins()) == 1


# --- the environment variable ------------------------------------------------------------------------


def test_the_environment_restricts_the_plugins_and_the_others_are_not_imported(install):
    install("pulses", offers=["pulse"])
    unwanted = install("unwanted", offers=["other"])
    found = plugins.discover({"GANSURROGATE_PLUGINS": " pulses , "})
    assert list(found.signal_generators) == ["pulse"]
    assert unwanted not in sys.modules


def test_an_empty_restriction_means_none(install):
    install("pulses", offers=["pulse"])
    found = plugins.discover({"GANSURROGATE_PLUGINS": ""})
    assert (found.plugins, found.signal_generators) == ([], {})
    with pytest.raises(UnknownNameError, match="installed: none"):
        found.signal_generator("pulse")


def test_without_a_restriction_every_installed_plugin_is_found(install):
    install("pulses", offers=["pulse-of-this-test"])
    assert "pulse-of-this-test" in plugins.discover({}).signal_generators


def test_a_restriction_to_an_absent_plugin_is_reported(install):
    install("pulses", offers=["pulse"])
    found = discover("pulses", "absent")
    assert report(found)["absent", ""].error == "named in GANSURROGATE_PLUGINS but not installed"
    assert list(found.signal_generators) == ["pulse"]


# --- hooks -------------------------------------------------------------------------------------------


POLICY = """
import gansurrogate as gs

@gs.hookimpl
def provider_options(provider, manifest):
    return {"arena_extend_strategy": "kSameAsRequested"} if manifest.name == "golden" else None
"""
READER = """
import gansurrogate as gs

def read(path, selection):
    return gs.FileContent(path.read_bytes(), unit="V")

@gs.hookimpl
def register_readers(register):
    register(".Scope", read)
"""
# For each hook: a plugin that implements it, and what has to come of it.
EXERCISES = {
    "register_signal_generators": (
        {"offers": ["pulse"]},
        lambda found, golden: found.signal_generator("pulse").sample(1, rng=1).shape[0] == 1,
    ),
    "register_readers": (
        {"source": READER},
        lambda found, golden: found.reader("run.SCOPE")[0] == ".scope" and found.reader("run.csv") is None,
    ),
    "provider_options": (
        {"source": POLICY},
        lambda found, golden: (
            found.provider_options(replace(golden.manifest, name="golden"), "CPUExecutionProvider")
            == {"arena_extend_strategy": "kSameAsRequested"}
            and found.provider_options(replace(golden.manifest, name="other"), "CPUExecutionProvider") == {}
        ),
    ),
}


def test_every_hook_has_an_exercise_here():
    assert plugins.hook_names() == sorted(EXERCISES)


@pytest.mark.parametrize("hook", plugins.hook_names())
def test_every_hook_is_documented_and_called(install, golden, hook):
    plugin, holds = EXERCISES[hook]
    install("some", **plugin)
    found = discover("some")
    assert report(found)["some", "some"].hooks == (hook,)
    assert getattr(plugins.hookspecs, hook).__doc__
    assert holds(found, golden)


@pytest.mark.parametrize("body", ["raise KeyError('no')", "return 5", "return {'use_tf32'}"])
def test_a_policy_that_fails_is_named(install, golden, body):
    source = f"import gansurrogate as gs\n\n@gs.hookimpl\ndef provider_options(provider, manifest):\n    {body}\n"
    install("site-policy", source)
    with pytest.raises(PluginError, match="provider_options failed for CPUExecutionProvider"):
        discover("site-policy").provider_options(golden.manifest, "CPUExecutionProvider")


# --- readers -------------------------------------------------------------------------------------------


def test_an_ending_of_two_plugins_is_refused_naming_both(install):
    install("a-scope", READER)
    install("b-scope", READER)
    found = discover("a-scope", "b-scope")
    assert [plugin.name for plugin in found.broken] == ["b-scope"]
    with pytest.raises(PluginError, match=r"ending '\.scope' is offered by .*'a-scope' of a-scope and by .*'b-scope'"):
        found.reader("run.scope")


def test_what_a_broken_plugin_offered_is_forgotten(install):
    install("scope", READER + "    raise OSError('no licence')\n")
    found = discover("scope")
    assert found.readers == {}
    assert "no licence" in found.broken[0].error


@pytest.mark.parametrize("given", ['"", read', "read, read", '".scope", None'])
def test_a_reader_is_an_ending_and_a_function(install, given):
    install("scope", READER.replace('".Scope", read', given))
    assert "a reader is registered by an ending and a function" in discover("scope").broken[0].error
