"""Telemetry and plugins."""

import os
import sys

import pytest

from gansurrogate.session import onnxruntime

REPORTS_HOME = sys.platform == "linux" and tuple(map(int, onnxruntime().__version__.split(".")[:2])) >= (1, 29)

# Where one of these is set, onnxruntime reports nothing of its own accord.
BUILD_SERVERS = (
    *("CI", "TF_BUILD", "GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "TRAVIS", "JENKINS_URL", "CODEBUILD_BUILD_ID"),
    *("BUILDKITE", "TEAMCITY_VERSION", "APPVEYOR", "BITBUCKET_BUILD_NUMBER"),
)


def test_telemetry_is_off_and_who_says_so(look, only):
    assert (
        only(look("surroundings.check_telemetry"), "telemetry").value
        == "off: gansurrogate sets ORT_DISABLE_TELEMETRY=1"
    )
    found = only(look("surroundings.check_telemetry", ORT_DISABLE_TELEMETRY="true"), "telemetry")
    assert (found.level, found.value) == ("ok", "off: ORT_DISABLE_TELEMETRY=true")


def test_telemetry_that_the_user_wants_is_no_warning(look, only):
    found = only(
        look("surroundings.check_telemetry", before="import onnxruntime\n", ORT_DISABLE_TELEMETRY="0"), "telemetry"
    )
    assert (found.level, found.value) == ("ok", "on, as ORT_DISABLE_TELEMETRY=0 says")


@pytest.mark.skipif(not REPORTS_HOME, reason="this onnxruntime has no telemetry on this system")
@pytest.mark.parametrize("then", ["", "import gansurrogate.session\ngansurrogate.session.onnxruntime()\n"])
def test_telemetry_that_a_host_began_is_a_warning(look, only, tmp_path, monkeypatch, then):
    for name in BUILD_SERVERS:
        monkeypatch.delenv(name, raising=False)
    found = only(look("surroundings.check_telemetry", before="import onnxruntime\n" + then), "telemetry")
    assert found.level == "warning"
    assert str(tmp_path / "home") in found.value
    assert "export ORT_DISABLE_TELEMETRY=1" in found.fix


def test_a_broken_plugin_is_a_problem_with_its_cause(look, only, install, tmp_path):
    install("sound", offers=["a"])
    install("broken", "import nothing_of_this_name")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    findings = look("surroundings.check_plugins", PYTHONPATH=path)
    assert "sound (sound 1.2)" in only(findings, "plugins").value
    found = only(findings, "plugin broken")
    assert (found.level, found.fix) == ("problem", "pip install -U broken, or pip uninstall broken")
    assert "No module named 'nothing_of_this_name'" in found.value
    restricted = look("surroundings.check_plugins", PYTHONPATH=path, GANSURROGATE_PLUGINS="sound")
    assert only(restricted, "plugins").value == "sound (sound 1.2); GANSURROGATE_PLUGINS=sound"
    assert len(restricted) == 1


def test_a_plugin_with_bad_manners_is_a_warning(look, only, install, tmp_path):
    install("chatty", "print('hello')", offers=["a"])
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    found = only(look("surroundings.check_plugins", PYTHONPATH=path, GANSURROGATE_PLUGINS="chatty"), "plugin chatty")
    assert (found.level, found.value) == ("warning", "printed 'hello': a library does not")


def test_a_plugin_that_is_named_but_not_installed_is_a_problem(look, only):
    found = only(look("surroundings.check_plugins", GANSURROGATE_PLUGINS="ghost"), "plugin ghost")
    assert (found.level, "GANSURROGATE_PLUGINS" in found.fix) == ("problem", True)
