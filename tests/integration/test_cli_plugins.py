"""``gansurrogate plugins``: what is installed, with versions, hooks and causes; and without importing anything."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gansurrogate import plugins
from gansurrogate.cli.app import run

SOUND = """
import gansurrogate as gs

@gs.hookimpl
def provider_options(provider):
    return None

@gs.hookimpl
def resolve_model(uri):
    return None
"""
LATE = """
import gansurrogate as gs

@gs.hookimpl
def register_{kind}(register):
    raise RuntimeError("no licence for {kind}")
"""

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Distributions in a folder on the path; they are the only plugins."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    names: list[str] = []

    def add(name: str, source: str) -> None:
        (folder / f"{name}_of_this_test.py").write_text(source)
        info = folder / f"{name}-3.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-{name}\nVersion: 3.1\n")
        (info / "entry_points.txt").write_text(f"[gansurrogate]\n{name} = {name}_of_this_test\n")
        names.append(name)
        monkeypatch.setenv(plugins.RESTRICTION, ",".join(names))
        plugins.installed.cache_clear()

    yield add
    for name in names:
        sys.modules.pop(f"{name}_of_this_test", None)
    plugins.installed.cache_clear()


def test_each_plugin_is_listed_with_its_hooks_and_a_broken_one_with_its_cause(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("sound", SOUND)
    install("gone", "import no_such_framework")
    assert run(["plugins"]) == 0
    text = capsys.readouterr().out
    assert "acme-sound 3.1" in text
    assert "hooks: provider_options, resolve_model" in text
    assert "ModuleNotFoundError: No module named 'no_such_framework'" in text
    assert run(["plugins", "--json"]) == 0
    gone, sound = json.loads(capsys.readouterr().out)
    assert (gone["name"], gone["distribution"], gone["version"], gone["hooks"]) == ("gone", "acme-gone", "3.1", [])
    assert "no_such_framework" in gone["error"]
    assert (sound["hooks"], sound["error"], sound["remarks"]) == (["provider_options", "resolve_model"], "", [])
    assert sound["seconds"] > 0


@pytest.mark.parametrize("kind", ["recipes", "networks", "measures", "commands"])
def test_what_fails_only_when_it_is_wanted_is_found_too(
    install: Install, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    install("late", LATE.format(kind=kind))
    assert run(["plugins", "--json"]) == 0
    (late,) = json.loads(capsys.readouterr().out)
    assert late["error"] == f"register_{kind}: RuntimeError: no licence for {kind}"


def test_the_static_listing_imports_nothing(
    install: Install, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("fatal", "import os; os._exit(7)")  # no test would survive its import
    assert run(["plugins", "--static", "--json"]) == 0
    (fatal,) = json.loads(capsys.readouterr().out)
    expected = {"name": "fatal", "distribution": "acme-fatal", "version": "3.1", "entry_point": "fatal_of_this_test"}
    assert fatal == {**expected, "error": ""}
    monkeypatch.setenv(plugins.RESTRICTION, "absent")
    assert run(["plugins", "--static", "--json"]) == 0
    error = "named in GANSURROGATE_PLUGINS but not installed"
    assert json.loads(capsys.readouterr().out) == [{**dict.fromkeys(expected, ""), "name": "absent", "error": error}]
    monkeypatch.setenv(plugins.RESTRICTION, "fatal")
    assert run(["plugins", "--static"]) == 0
    assert "acme-fatal" in capsys.readouterr().out


def test_built_in_commands_import_no_plugin_that_they_do_not_need(
    install: Install, plain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install("fatal", "import os; os._exit(7)")
    assert run(["inspect", str(plain)]) == 0
    assert run(["--version"]) == 0
    assert "plain" in capsys.readouterr().out


def test_a_command_of_a_plugin_cannot_take_the_name_of_another(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    clash = "@gs.hookimpl\ndef register_commands(register):\n    register({name!r}, {function})\n"
    install("clash", "import gansurrogate as gs\n" + clash.format(name="sample", function="print"))
    install("odd", "import gansurrogate as gs\n" + clash.format(name="odd", function="lambda x: 1"))
    typed = "def typed(x: int | str): pass\n"
    install("typed", "import gansurrogate as gs\n" + typed + clash.format(name="typed", function="typed"))
    assert run(["odd", "1"]) == 0
    found = {plugin.name: plugin.error for plugin in plugins.installed().plugins}
    assert found["odd"] == ""
    assert "a command cannot be called 'sample'" in found["clash"]
    assert "register_commands: AssertionError: Typer currently" in found["typed"]
    capsys.readouterr()
    assert run(["no-such-command"]) == 2
    assert "No such command 'no-such-command'" in capsys.readouterr().err
