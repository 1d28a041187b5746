"""Names as users type them, and versions in order."""

import random

import pytest

import gansurrogate as gs
from gansurrogate.errors import ArgumentError
from gansurrogate.places.names import Name, age, may_be_name, parse

OLDEST_FIRST = ["0.9", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.1", "1.2", "1.10", "2", "10", "2024.5", "2024.11"]


def test_versions_are_in_the_order_of_their_numbers():
    shuffled = random.Random(0).sample(OLDEST_FIRST, len(OLDEST_FIRST))
    assert sorted(shuffled, key=age) == OLDEST_FIRST
    assert age("") < age("0")
    assert age("1.0") == age("1-0") == age("01.00")
    assert age(5000 * "9") < age(f"1{5000 * '0'}")  # more digits than int() takes


def test_a_name_has_words_and_perhaps_a_version():
    assert parse("noisy-sine") == Name("noisy-sine", "")
    assert parse("noisy sine 2d@1.2rc1") == Name("noisy sine 2d", "1.2rc1")
    assert parse("\N{LATIN SMALL LETTER U WITH DIAERESIS}bung_3") == Name("übung_3", "")
    assert str(Name("a", "1")) == "a@1"


@pytest.mark.parametrize(
    "text",
    [
        "@1", "a@", "a@@1", "a@1@2", "a@.1", "a@-1", "a@1.", ".hidden", "...", "-rf", " a", "a ",
        "a\0b", "a\nb", "a\x1b[2J",
        "\u202egnp", "\ud800", "a:", "a@:b",
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused(text, site):
    site("a")
    with pytest.raises(ArgumentError, match="and it is no name of a surrogate either: NAME or NAME@VERSION") as caught:
        gs.load(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text", ["../secret", "site/../../secret", "..\\secret", "/secret", "secret@../1", "../secret@1"]
)
def test_what_leads_into_folders_is_a_path_and_never_looked_up(text, site, tmp_path, monkeypatch):
    place = site("a")
    place.rename(tmp_path / "deeper")
    (tmp_path / "secret.onnx").write_bytes((tmp_path / "deeper" / "a.onnx").read_bytes())
    monkeypatch.setenv("GANSURROGATE_PATH", str(tmp_path / "deeper"))
    assert not may_be_name(text)
    with pytest.raises(FileNotFoundError):
        gs.load(text)


def test_a_file_comes_before_a_name(site, tmp_path, monkeypatch, golden_bytes):
    site("pulses")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pulses").write_bytes(golden_bytes)
    assert gs.load("pulses").manifest.name == "golden"
    (tmp_path / "pulses").unlink()
    (tmp_path / "pulses").mkdir()  # a folder hides no name
    assert gs.load("pulses").manifest.name == "pulses of site"
    (tmp_path / "run").mkdir()
    with pytest.raises(LookupError, match="run is a folder, and no surrogate is called so; known: pulses;"):
        gs.load("run")
    with pytest.raises(FileNotFoundError, match=r"there is no file pulses\.onnx"):
        gs.load("pulses.onnx")
