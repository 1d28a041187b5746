"""`gansurrogate.register`: a program makes its own signal generator known."""

import pytest

import gansurrogate as gs
from gansurrogate import plugins
from gansurrogate.errors import PluginError, UnknownNameError


class Ramp(gs.SignalGenerator):
    name = "ramp-of-this-test"
    spec = gs.SignalSpec(shape=(3,))

    def simulate(self, n, rng):
        return rng.random((n, 3))


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setenv(plugins.RESTRICTION, "")
    plugins.installed.cache_clear()
    yield
    plugins.installed.cache_clear()


@pytest.mark.usefixtures("nothing_installed")
def test_a_registered_generator_is_found_by_name():
    ramp = Ramp()
    gs.register(ramp)
    assert gs.signal_generator("ramp-of-this-test") is ramp
    with pytest.raises(UnknownNameError, match="'pulse'; installed: ramp-of-this-test"):
        gs.signal_generator("pulse")


@pytest.mark.usefixtures("nothing_installed")
def test_a_program_may_replace_its_own():
    gs.register(Ramp())
    again = Ramp()  # as when a notebook's cell runs a second time
    gs.register(again)
    assert gs.signal_generator("ramp-of-this-test") is again


def test_a_program_cannot_take_the_name_of_a_plugin(install):
    install("pulses", offers=["ramp-of-this-test"])
    found = plugins.discover({plugins.RESTRICTION: "pulses"})
    with pytest.raises(PluginError, match="plugin 'pulses' of pulses and by this program"):
        found.register(Ramp())
    assert type(found.signal_generator("ramp-of-this-test")).__module__ == "fake_pulses"


class Nameless(gs.SignalGenerator):
    spec = Ramp.spec
    simulate = Ramp.simulate


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [(Ramp, "give an instance, not the class"), ("ramp", "takes a SignalGenerator"), (Nameless(), "Nameless has no")],
)
def test_what_is_no_signal_generator_is_refused(wrong, message):
    with pytest.raises(PluginError, match=message):
        gs.register(wrong)


@pytest.mark.parametrize("name", ["ramp", "ramp 7", "a", "rampe-\u00e9lectrique", "2.5_keV+"])
def test_a_name_may_be_any_words(name):
    generator = Ramp()
    generator.name = name
    found = plugins.Plugins()
    found.register(generator)
    assert found.signal_generator(name) is generator


@pytest.mark.parametrize("name", ["", " ramp", "ramp ", "-ramp", "a/b", "a\\b", "a\tb", "a\x1bb", None])
def test_a_name_that_no_command_or_file_can_have_is_refused(name):
    generator = Ramp()
    generator.name = name
    with pytest.raises(PluginError, match="the name of Ramp is a word or more, without slashes and no hyphen first"):
        plugins.Plugins().register(generator)
