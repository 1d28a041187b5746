"""The check that authors run on their own exporters: a good one passes, each fault is named."""

import shutil
from pathlib import Path

import pytest

from gansurrogate.errors import PluginError
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.surrogate_file import read_manifest, write_manifest
from gansurrogate.testing import check_exporter


def good(surrogate, path, *, loud=False):
    """A copy, checked."""
    path = check_writable(path)
    manifest = read_manifest(surrogate)
    with atomic_write(path) as file:
        file.write(surrogate if isinstance(surrogate, bytes) else Path(surrogate).read_bytes())
    return manifest


def test_a_good_exporter_passes(golden_path):
    check_exporter(good, golden_path, "copy.onnx")


def other_words(model, path):
    return good(model, path)


def by_position(surrogate, path, loud=False):
    return good(surrogate, path)


def chatty(surrogate, path):
    print("done")  # noqa: T201  # what is checked
    return good(surrogate, path)


def silent_about_it(surrogate, path):
    good(surrogate, path)


def untidy(surrogate, path):
    path.with_suffix(".log").write_text("done")
    return good(surrogate, path)


def lazy(surrogate, path):
    return read_manifest(surrogate)


def careless(surrogate, path):
    path.parent.mkdir(exist_ok=True)
    return good(surrogate, path)


def bare(surrogate, path):
    shutil.copy(surrogate, path)
    return read_manifest(surrogate)


def trusting(surrogate, path):
    path = check_writable(path)
    try:
        return good(surrogate, path)
    except ValueError:
        path.write_bytes(b"")
        raise


def forgetful(surrogate, path):
    manifest = good(surrogate, path)
    if isinstance(surrogate, bytes):
        from dataclasses import replace

        return write_manifest(path, replace(manifest, name="other"))
    return manifest


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (other_words, r"an exporter is export\(surrogate, path, \*, ...\) or .*; this one takes \['model', 'path'\]"),
        (by_position, "the options of an exporter are keywords only"),
        (chatty, r"prints 'done\\n'; a library does not"),
        (silent_about_it, "gives the manifest back; got None"),
        (untidy, r"leaves \['copy.log', 'copy.onnx'\] where copy.onnx was asked for"),
        (lazy, "left copy.onnx as it was"),
        (careless, "takes a folder that is not there without an error"),
        (bare, "for a folder that is not there an exporter raises an error of gansurrogate.errors; got FileNotFound"),
        (trusting, r"after it refused a file that is no surrogate the exporter leaves \['other-copy.onnx'\]"),
        (forgetful, "manifest of a surrogate given as bytes differs"),
    ],
)
def test_each_fault_is_named(golden_path, bad, message):
    with pytest.raises(PluginError, match=message):
        check_exporter(bad, golden_path, "copy.onnx")
