"""What is written into a page, where onnxruntime-web comes from, and what is refused."""

import base64
import gzip
import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from gansurrogate_web import export, onnxruntime_web
from gansurrogate_web.export import PAGE, program
from gansurrogate_web.real import real_signals

import gansurrogate as gs
from gansurrogate.errors import (
    ArgumentError,
    ConditionError,
    MissingPackageError,
    OutputError,
    SpecError,
    SurrogateFileError,
    UnknownNameError,
)

DOCS = Path(__file__).parents[3] / "docs" / "other-languages.md"
ALONE = """
import sys
for name in ("torch", "onnx", "onnxruntime", "onnxscript", "scipy", "sklearn"):
    sys.modules[name] = None  # importing it fails
from gansurrogate.cli.app import run
model, page, modules = sys.argv[1:]
assert run(["export", model, "--to", "web", "-o", page, "--option", f"onnxruntime_web={modules}"]) == 0
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder like that of onnxruntime-web, with other contents."""
    folder = tmp_path / "node_modules" / "onnxruntime-web"
    (folder / "dist").mkdir(parents=True)
    (folder / "dist" / "ort.wasm.bundle.min.mjs").write_text("export default 1;")
    (folder / "dist" / "ort-wasm-simd-threaded.wasm").write_bytes(b"\0asm")
    return folder


def contents(page: Path, name: str) -> bytes:
    """What lies in the page under an id."""
    (text,) = re.findall(rf'<script type="[a-z/]+" id="{name}">(.*?)</script>', page.read_text(), re.DOTALL)
    return text.encode() if name == "real" else gzip.decompress(base64.b64decode(text))


def test_the_command_needs_neither_torch_nor_onnxruntime(file, modules: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, file("golden"), tmp_path / "golden.html", modules],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    page = tmp_path / "golden.html"
    assert contents(page, "model") == file("golden").read_bytes()
    assert contents(page, "wasm").startswith(b"\0asm")
    assert contents(page, "real") == b"null"
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page.read_text().split("<script")[0])  # nothing to be loaded


def test_the_pages_module_is_the_one_that_the_docs_print() -> None:
    printed = re.findall(r"^```javascript\n(// surrogate\.mjs.*?)^```", DOCS.read_text(), re.DOTALL | re.MULTILINE)
    assert printed == [(PAGE / "surrogate.mjs").read_text()]


def test_the_modules_are_joined_to_one() -> None:
    joined = program()
    assert re.findall(r"(?m)^(?:import|export) ", joined) == []
    names = re.findall(r"(?m)^(?:async )?(?:function\*?|const|class) (\w+)", joined)
    assert len(names) == len(set(names)) > 40


def test_a_title_and_real_signals_cannot_end_their_element(file, package: Path, tmp_path: Path) -> None:
    signals = np.zeros((3, 2, 16), np.float32)
    source = tmp_path / "x<!--<script>.npz"
    np.savez(source, signals=signals, energy=np.full(3, 20), kind=np.array(["a", "b", "c"]))
    export(file("golden"), tmp_path / "x.html", real=str(source), onnxruntime_web=str(package))
    real = contents(tmp_path / "x.html", "real")
    assert b"<" not in real
    assert json.loads(real)["source"] == source.name


# --- real signals -----------------------------------------------------------------------------------

GOLDEN = gs.SignalSpec(
    (2, 16),
    conditions=[gs.Condition("energy", low=10, high=500), gs.Condition("kind", levels=["a", "b"])],
)


def test_real_signals_are_taken_from_all_over_the_file(tmp_path: Path) -> None:
    signals = np.arange(100 * 32, dtype=np.float32).reshape(100, 2, 16)
    kind = np.array(["a", "b"] * 50)
    np.savez(tmp_path / "real.npz", signals=signals, energy=np.linspace(10, 500, 100), kind=kind, more=1)
    found = real_signals(str(tmp_path / "real.npz"), GOLDEN)
    rows = [0, 19, 39, 59, 79, 99]
    assert found["signals"] == [signals[row].ravel().tolist() for row in rows]
    assert found["conditions"]["kind"] == [[row % 2] for row in rows]
    assert np.allclose(np.ravel(found["conditions"]["energy"]), np.linspace(10, 500, 100)[rows], rtol=1e-6)


def test_real_signals_of_a_signal_generator_bring_its_conditions() -> None:
    generator = gs.signal_generator("noisy-sine")
    found = real_signals("noisy-sine", generator.spec)
    assert np.allclose(found["signals"], generator.sample(6, rng=1), rtol=1e-6)
    assert (found["source"], found["conditions"]) == ("noisy-sine", {})


@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        ({"signals": np.zeros((5, 2, 16))}, ArgumentError, "has no energy and no kind: give an npz file"),
        ({"signals": np.zeros((5, 3)), "energy": [20] * 5, "kind": ["a"] * 5}, SpecError, r"shape \(5, 2, 16\)"),
        ({"signals": np.zeros((5, 2, 16)), "energy": [20] * 4, "kind": ["a"] * 5}, ArgumentError, "one entry for each"),
        ({"signals": np.zeros((5, 2, 16)), "energy": [1] * 5, "kind": ["a"] * 5}, ConditionError, "outside its range"),
        ({"signals": np.zeros((0, 2, 16)), "energy": [], "kind": []}, ArgumentError, "one entry for each"),
    ],
)
def test_real_signals_that_do_not_fit_are_refused(tmp_path: Path, arrays, error, message) -> None:
    np.savez(tmp_path / "real.npz", **arrays)
    with pytest.raises(error, match=message):
        real_signals(str(tmp_path / "real.npz"), GOLDEN)


def test_what_is_no_file_of_signals_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npy").write_text("not an array")
    with pytest.raises(ArgumentError, match="no npy or npz file"):
        real_signals(str(tmp_path / "text.npy"), GOLDEN)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        real_signals(str(tmp_path / "missing.npz"), GOLDEN)
    with pytest.raises(UnknownNameError, match="no-such-thing"):
        real_signals("no-such-thing", GOLDEN)


# --- onnxruntime-web --------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_folder_may_be_the_package_or_hold_it(package: Path, depth: int) -> None:
    folder = [package, *package.parents][depth]
    assert onnxruntime_web.find(str(folder)) == (b"export default 1;", b"\0asm")


def test_a_folder_without_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="does not hold npm's package onnxruntime-web"):
        onnxruntime_web.find(str(tmp_path))


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """``npm(script)``: a program called npm, and a cache of its own; no other program is found."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def install(script: str) -> None:
        program = tmp_path / "bin" / "npm"
        program.parent.mkdir()
        program.write_text(f"#!{sys.executable}\n{script}")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return install


def test_without_npm_the_error_says_the_ways_out(npm) -> None:
    with pytest.raises(MissingPackageError, match=r"there is no npm: install npm .*--option onnxruntime_web=FOLDER"):
        onnxruntime_web.find(None)


def test_npm_without_a_network_is_told_in_its_words(npm) -> None:
    npm("import sys\nsys.exit('npm error network request failed')")
    with pytest.raises(MissingPackageError, match=r"could not get onnxruntime-web@.*request failed.*Without a network"):
        onnxruntime_web.find(None)


def test_what_npm_gets_is_kept_only_if_it_is_the_known_package(npm, modules: str, package: Path, tmp_path) -> None:
    """npm is a program that packs a folder instead of asking a registry; the rest is as with the real one."""
    source = tmp_path / "source"
    source.symlink_to(package)
    names = [f"dist/{name}" for name in onnxruntime_web.SHA256]
    npm(
        "import tarfile\n"
        "with tarfile.open('onnxruntime-web.tgz', 'w') as archive:\n"
        f"    for name in {names}:\n"
        f"        archive.add('{source}/' + name, 'package/' + name)\n"
    )
    with pytest.raises(MissingPackageError, match=r"as npm got it, has the SHA-256 .*expected "):
        onnxruntime_web.find(None)
    assert not (tmp_path / "cache").exists()
    source.unlink()
    source.symlink_to((Path(modules) / "onnxruntime-web").resolve())
    got = onnxruntime_web.find(None)
    assert got == onnxruntime_web.find(modules)
    (tmp_path / "bin" / "npm").unlink()
    assert onnxruntime_web.find(None) == got  # from the cache, checked again
    (onnxruntime_web.cache_folder() / "ort.wasm.bundle.min.mjs").write_text("damaged")
    with pytest.raises(MissingPackageError, match="there is no npm"):
        onnxruntime_web.find(None)


def test_what_is_no_surrogate_or_cannot_be_written_is_refused(tmp_path: Path, file, package: Path) -> None:
    (tmp_path / "x.onnx").write_text("not a model")
    with pytest.raises(SurrogateFileError, match=r"x\.onnx"):
        export(tmp_path / "x.onnx", tmp_path / "x.html", onnxruntime_web=str(package))
    with pytest.raises(OutputError, match="does not exist"):
        export(file("golden"), tmp_path / "missing" / "x.html", onnxruntime_web=str(package))
