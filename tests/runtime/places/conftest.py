"""Places of a machine: packages, site folders, and a cache, all empty."""

import hashlib
import importlib
import os

import pytest

from gansurrogate.places import cache as cache_
from gansurrogate.surrogate_file import read_manifest


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    for name in ("GANSURROGATE_PATH", "GANSURROGATE_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GANSURROGATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def named(with_manifest, manifest_dict):
    """The golden surrogate under another name, of another version."""

    def build(name, version="1"):
        return with_manifest({**manifest_dict, "name": name, "version": version})

    return build


@pytest.fixture
def site(tmp_path, monkeypatch, named):
    """A folder of GANSURROGATE_PATH with these files."""
    paths = []

    def build(*stems, folder="site"):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        for stem in stems:
            (place / f"{stem}.onnx").write_bytes(named(f"{stem} of {folder}"))
        paths.append(str(place))
        monkeypatch.setenv("GANSURROGATE_PATH", os.pathsep.join(paths))
        return place

    return build


@pytest.fixture
def keep(named):
    """Put a surrogate into the cache; gives its entry's folder."""

    def put(name, version="1", source="https://models.example/x.onnx"):
        data = named(name, version)
        return cache_.put(data, hashlib.sha256(data).hexdigest(), read_manifest(data), source).path.parent

    return put


@pytest.fixture
def package(tmp_path, monkeypatch, named):
    """Install a package that carries a surrogate and announces it."""
    monkeypatch.syspath_prepend(tmp_path / "packages")

    def install(name, version="1.0", *, distribution=None, module=None, value=None, carries=True):
        module = module or f"gansurrogate_model_{name}".replace("-", "_")
        distribution = distribution or f"gansurrogate-model-{name}"
        folder = tmp_path / "packages" / module
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text("raise SystemExit('a name must not import this')\n")
        if carries:
            (folder / "surrogate.onnx").write_bytes(named(name, version))
        info = folder.parent / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[gansurrogate.surrogates]\n{name} = {value or module}\n")
        importlib.invalidate_caches()
        return folder

    return install
