"""Hostile files: none crashes the process, hangs, reads another file, prints, or yields a signal."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("onnx", reason="the corpus is written with the onnx package")
pytest.importorskip("onnxruntime", reason="the corpus has a file in onnxruntime's own format")
if sys.platform != "linux":
    pytest.skip("the limits of a process are Linux's here", allow_module_level=True)

from corpus import CANARY, contained, corpus
from corpus.writing import HONEST, file, make_node, signal

VICTIM = Path(__file__).with_name("victim.py")
MOST_SECONDS = 20  # for one file; the slowest take 1 to 5
FAMILIES = {  # and the errors that fit
    "damaged": {"SurrogateFileError", "IntegrityError", "ManifestError"},
    "external": {"ExternalDataError"},
    "two readings": {"SurrogateFileError", "OperatorError"},
    "operators": {"OperatorError"},
    "shapes": {"SurrogateFileError", "GraphMismatchError"},
    "arguments": {"SurrogateFileError", "SamplingError"},
    "resources": {"SurrogateFileError", "SamplingError"},
    "manifests": {"ManifestError", "SchemaVersionError", "GraphMismatchError", "IntegrityError"},
    "signals": {"SurrogateFileError", "GraphMismatchError", "SelfTestError", "PluginError"},
}


class Victim:
    """A process that opens files and says how it ended; a new one after each that died."""

    def __init__(self, folder: Path, seconds: float = 30) -> None:
        self.folder, self.seconds, self.printed, self.process = folder, seconds, b"", None

    def open(self, path: Path) -> dict[str, Any]:
        if self.process is None:
            end, start = os.pipe()
            command = [sys.executable, "-W", "error", VICTIM, str(start), str(self.seconds)]
            self.process = subprocess.Popen(
                command, cwd=self.folder, pass_fds=[start],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            os.close(start)
            self.report = os.fdopen(end)
        self.process.stdin.write(os.fsencode(path) + b"\n")
        self.process.stdin.flush()
        line = self.report.readline()
        if line:
            return json.loads(line)
        return {"died": self.close(), "error": "", "ours": False, "stage": "died", "seconds": 0, "opened": []}

    def close(self) -> int:
        if self.process is None:
            return 0
        self.printed += self.process.communicate()[0]
        self.report.close()
        code, self.process = self.process.returncode, None
        return code


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    victim = Victim(tmp_path_factory.mktemp("beside") / "working")
    victim.folder.mkdir()
    yield victim
    victim.close()


@pytest.fixture(scope="module")
def outcomes(victim):
    """How each file ended, by its name."""
    found = {}
    for number, (name, data) in enumerate(corpus(victim.folder).items()):
        path = victim.folder / f"{number:03}.onnx"
        path.write_bytes(data)
        found[name] = victim.open(path)
        path.unlink()
    victim.close()
    return found


def test_the_honest_file_stands_the_same_treatment(victim, tmp_path):
    path = tmp_path / "honest.onnx"
    same = signal([make_node("Identity", ["honest"], ["signal"])])
    for data in (HONEST, file(), file(same)):
        path.write_bytes(data)
        assert victim.open(path)["stage"] == "signals"


def test_every_hostile_file_ends_in_an_error_of_ours(outcomes):
    assert len(outcomes) > 200
    assert {name: end for name, end in outcomes.items() if not end["error"] or not end["ours"]} == {}


def test_the_error_says_what_kind_of_fault_it_is(outcomes):
    others = {name: end for name, end in outcomes.items() if end["error"] not in FAMILIES[name.partition(":")[0]]}
    assert others == {}


def test_none_takes_long(outcomes):
    assert {name: end["seconds"] for name, end in outcomes.items() if not end["seconds"] < MOST_SECONDS} == {}


def test_no_other_file_is_read(outcomes):
    for name, end in outcomes.items():
        assert not [path for path in end["opened"] if "canary" in path or "link" in path], name
        assert f"up to {CANARY:g} " not in end["message"], name  # as a failed self-test would say


def test_nothing_is_printed(outcomes, victim):
    assert victim.printed == b""


def test_messages_are_one_line_without_control_characters(outcomes):
    assert {name: end["message"] for name, end in outcomes.items() if not end["message"].isprintable()} == {}
    assert max(len(end["message"]) for end in outcomes.values()) < 1500


def test_what_no_check_stops_is_stopped_by_the_limits_of_a_process(tmp_path):
    """If one of these ends in an error one day, so much the better."""
    victim = Victim(tmp_path, seconds=3)
    for name, data in contained().items():
        path = tmp_path / "contained.onnx"
        path.write_bytes(data)
        end = victim.open(path)
        assert end["stage"] == "died" or end["ours"], name
        assert end["stage"] != "signals", name
    victim.close()


def test_inspect_shows_none_of_it_to_the_terminal(victim, capsys):
    app = pytest.importorskip("gansurrogate.cli.app", reason="the command line is an extra")
    path = victim.folder / "shown.onnx"
    for name, data in corpus(victim.folder / "shown").items():
        path.write_bytes(data)
        assert app.run(["inspect", str(path)]) in (0, 2), name
        printed = "".join(capsys.readouterr())
        assert printed.replace("\n", "").isprintable(), name
