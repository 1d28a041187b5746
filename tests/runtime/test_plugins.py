"""Plugins are found through real entry points; a broken one is named and skipped, and the others live on."""

import sys

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


# --- readers -------------------------------------------------------------------------------------------

READER = """
import gansurrogate as gs

def read(path, selection):
    return gs.FileContent(path.read_bytes(), unit="V")

@gs.hookimpl
def register_readers(register):
    register(".Scope", read)
"""


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
