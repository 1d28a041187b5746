"""Which file a name leads to, and what is said where it leads to none."""

import os
import sys
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate import places
from gansurrogate.errors import ArgumentError, IntegrityError, PluginError, UnknownNameError
from gansurrogate.places import cache


def name_of(text):
    return gs.load(text, device="cpu").manifest.name


def test_packages_come_first_then_folders_then_the_cache(package, site, keep):
    keep("pulses", "9")
    assert gs.load("pulses").manifest.version == "9"
    site("pulses", folder="first")
    site("pulses", "other", folder="second")
    assert name_of("pulses") == "pulses of first"
    assert name_of("other") == "other of second"
    package("pulses", "1.5")
    assert gs.load("pulses").manifest.version == "1.5"
    assert gs.load("pulses@9").manifest.version == "9"
    listed = [(each.name, each.version) for each in places.known()]
    assert listed == [("pulses", "1.5"), ("pulses", ""), ("other", ""), ("pulses", ""), ("pulses", "9")]


def test_a_site_says_which_version_is_meant_or_the_newest_is(site):
    place = site("pulses@1.9", "pulses@1.10", "pulses-2d")
    assert name_of("pulses") == "pulses@1.10 of site"
    assert name_of("pulses@1.9") == "pulses@1.9 of site"
    (place / "pulses.onnx").symlink_to("pulses@1.9.onnx")
    assert name_of("pulses") == "pulses@1.9 of site"


def test_folders_that_are_not_there_or_hold_other_things_do_no_harm(site, monkeypatch, tmp_path):
    place = site("pulses")
    for stray in (".hidden.onnx", "a@b@c.onnx", "pulses@.onnx", "read me.txt"):
        (place / stray).write_bytes(b"")
    (place / "folder.onnx").mkdir()
    monkeypatch.chdir(place)  # an empty part of the variable is not the current folder
    monkeypatch.setenv("GANSURROGATE_PATH", os.pathsep.join(["", str(tmp_path / "missing"), str(place), ""]))
    assert [each.title for each in places.known()] == ["pulses"]
    assert name_of("pulses") == "pulses of site"


@pytest.mark.parametrize("name", [300 * "a", "a@" + 300 * "1"])
def test_a_name_that_no_file_can_have_is_unknown(name, site, keep):
    site()
    keep("pulses")
    with pytest.raises(UnknownNameError, match="known: pulses@1"):
        gs.load(name)


def test_an_unknown_name_lists_what_there_is(site, keep, package, tmp_path, monkeypatch):
    place = site("pulses", "tides@2")
    keep("pulsar")
    package("empty", carries=False)
    monkeypatch.setenv("GANSURROGATE_PATH", f"{place}{os.pathsep}{tmp_path / 'gone'}")
    with pytest.raises(UnknownNameError) as caught:
        gs.load("pulse")
    said = str(caught.value)
    assert said.startswith("there is no file 'pulse', and no surrogate is called so; did you mean pulses or pulsar?; ")
    assert "; known: pulsar@1, pulses, tides@2; " in said
    assert f"{place}, {tmp_path / 'gone'} (no such folder)), the cache {tmp_path / 'cache'}; empty of gans" in said
    assert "is broken: there is no file " in said
    with pytest.raises(UnknownNameError, match=r"no file 'tides@3', .* did you mean tides@2\?"):
        gs.load("tides@3")


def test_nothing_is_known_on_an_empty_machine():
    with pytest.raises(LookupError, match=r"known: none; looked in: installed packages, GANSURROGATE_PATH \(not set\)"):
        gs.load("pulses")


# --- packages -----------------------------------------------------------------------------------------


def test_a_package_is_found_by_its_metadata_and_not_imported(package):
    package("noisy-sine", "0.3")
    assert name_of("noisy-sine") == name_of("noisy-sine@0.3") == "noisy-sine"
    assert "gansurrogate_model_noisy_sine" not in sys.modules


def test_a_name_of_two_packages_is_an_error_that_names_both(package):
    package("pulses", "1.0", distribution="a")
    package("pulses", "1.0", distribution="b", module="b")
    with pytest.raises(PluginError, match=r"'pulses' is offered by a 1\.0 and by b 1\.0: uninstall one"):
        gs.load("pulses")
    package("pulses", "2.0", distribution="c", module="c")
    with pytest.raises(PluginError, match=r"by a 1\.0 and by b 1\.0 and by c 2\.0: uninstall one, or load NAME@VER"):
        gs.load("pulses")
    assert gs.load("pulses@2.0").manifest.version == "2.0"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("os.path", "leads to 'os.path'; expected the name of a top-level package"),
        ("gansurrogate_model_pulses:x", "expected the name of a top-level package"),
        ("os", "there is no package os"),
        ("nowhere_at_all", "there is no package nowhere_at_all"),
        ("json", r"there is no file .*surrogate\.onnx"),
        ("../../x", r"leads to '\.\./\.\./x'; expected MODULE"),
    ],
)
def test_a_broken_package_is_named_and_not_passed_over(value, message, package, site):
    site("pulses")
    package("pulses", value=value)
    with pytest.raises(PluginError, match=f"'pulses' of gansurrogate-model-pulses 1.0 is broken: .*{message}"):
        gs.load("pulses")
    (broken, _) = places.known()
    assert broken.error


def test_what_a_terminal_obeys_is_not_said_of_a_package(package):
    package("pulses", distribution="ev\x1b[31mil", value="nowhere\x1b[2J")
    for name in ("pulses", "waves"):
        with pytest.raises((PluginError, UnknownNameError), match="is broken: its entry point leads to") as caught:
            gs.load(name)
        assert str(caught.value).isprintable()


# --- the cache ----------------------------------------------------------------------------------------


def test_versions_lie_beside_each_other_in_the_cache(keep):
    keep("pulses", "1.9")
    keep("pulses", "1.10")
    assert gs.load("pulses").manifest.version == "1.10"
    assert gs.load("pulses@1.9").manifest.version == "1.9"


def test_two_of_one_version_in_the_cache_are_told_apart_by_the_user(keep):
    folders = [keep("pulses"), keep("pulses ")]
    for folder in folders:
        label = folder / "entry.json"
        label.write_text(label.read_text().replace("pulses ", "pulses"))
    with pytest.raises(ArgumentError, match=r"the cache has 'pulses' twice, in .* load one by its URI, or delete one"):
        gs.load("pulses")


def test_a_damaged_entry_is_refused_with_the_way_to_repair_it(keep):
    folder = keep("pulses")
    data = bytearray((folder / "surrogate.onnx").read_bytes())
    data[100] ^= 1
    (folder / "surrogate.onnx").write_bytes(data)
    again = f"`gansurrogate fetch https://models.example/x.onnx#sha256={folder.name}`"
    with pytest.raises(IntegrityError, match=f"the cached .* is damaged: its SHA-256 is .*: get it again with {again}"):
        gs.load("pulses")


@pytest.mark.parametrize("label", [b"", b"[]", b'{"name": 1}', b"\xff", b'{"name": "../../x", "version": "/"}'])
def test_an_entry_without_a_sound_label_is_listed_and_leads_nowhere_else(label, keep, cache):
    folder = keep("pulses")
    (folder / "entry.json").write_bytes(label)
    (cache / "stray").mkdir()
    (cache / "stray" / "surrogate.onnx").write_bytes(b"")
    (entry,) = places.known()
    assert entry.path == folder / "surrogate.onnx"
    with pytest.raises(UnknownNameError):
        gs.load("pulses")


def test_what_was_checked_is_what_is_used(keep, monkeypatch):
    """A file that is changed after the look-up is not read again."""
    folder = keep("pulses")
    found = places.find("pulses")
    (folder / "surrogate.onnx").write_bytes(b"swapped")
    assert gs.load(found, device="cpu").manifest.name == "pulses"
    assert os.fspath(found) == str(found) == str(folder / "surrogate.onnx")


def test_who_has_no_home_has_no_cache_and_is_told(site, monkeypatch):
    """As in a container that is run by a user of any number."""
    site("pulses")
    for name in ("HOME", "GANSURROGATE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as without an entry among the users
    assert name_of("pulses") == "pulses of site"
    with pytest.raises(UnknownNameError, match=r"known: pulses; .* the cache \(there is no cache, since"):
        gs.load("waves")
    with pytest.raises(ArgumentError, match="this user has no home folder: set GANSURROGATE_CACHE to a folder"):
        gs.load(f"https://models.example/x.onnx#sha256={'0' * 64}")


def test_the_cache_lies_where_the_platform_keeps_caches(tmp_path, monkeypatch):
    """As platformdirs says, which the runtime does without."""
    pytest.importorskip("platformdirs", reason="platformdirs comes with the extra [fetch]")
    from platformdirs.macos import MacOS
    from platformdirs.unix import Unix

    assert cache.folder({"GANSURROGATE_CACHE": "/scratch/me"}) == Path("/scratch/me")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GANSURROGATE_CACHE")
    for chosen in (str(tmp_path / "caches"), ""):
        monkeypatch.setenv("XDG_CACHE_HOME", chosen)
        assert cache.folder(platform="linux") == Path(Unix("gansurrogate", False).user_cache_dir)
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.folder(platform="linux") == Path(Unix("gansurrogate", False).user_cache_dir)
    assert cache.folder(platform="darwin") == Path(MacOS("gansurrogate", False).user_cache_dir)
    local = cache.folder({"LOCALAPPDATA": "/local"}, "win32")
    assert local == Path("/local/gansurrogate/Cache")
