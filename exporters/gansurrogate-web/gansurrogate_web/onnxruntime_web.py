"""Finding onnxruntime-web, the library that runs the surrogate in the browser.

It is not part of this distribution: npm gets it, from wherever npm is told to get packages, and it is kept in the
user's cache. Its hash is known here, so what was tampered with is refused.
"""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from gansurrogate.errors import ArgumentError, MissingPackageError
from gansurrogate.files import atomic_write

PACKAGE = "onnxruntime-web@1.30.0"
SHA256 = {
    "ort.wasm.bundle.min.mjs": "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
WAYS = (
    f"install npm (it comes with Node.js), or where there is a network say `npm install {PACKAGE}` and give the folder:"
    " --option onnxruntime_web=FOLDER"
)


def find(folder: str | None) -> tuple[bytes, bytes]:
    """The library's program and its WebAssembly.

    Parameters
    ----------
    folder : str, optional
        With the package, of any version, or with the ``node_modules`` that hold it. By default that of `PACKAGE` in the
        cache, where npm puts it the first time.

    Raises
    ------
    ArgumentError
        If `folder` does not hold it.
    MissingPackageError
        If npm is not there or cannot get it.
    """
    if folder is not None:
        return _given(Path(folder))
    kept = cache_folder()
    contents = [_known(kept / name, digest) for name, digest in SHA256.items()]
    if None in contents:
        contents = _got(kept)
    program, wasm = contents
    assert program is not None
    assert wasm is not None
    return program, wasm


def cache_folder() -> Path:
    """Where the library is kept: under ``$XDG_CACHE_HOME``, or ``~/.cache``."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "gansurrogate" / PACKAGE


def _given(folder: Path) -> tuple[bytes, bytes]:
    places = (folder, folder / "onnxruntime-web", folder / "node_modules" / "onnxruntime-web")
    for place in places:
        program, wasm = (place / "dist" / name for name in SHA256)
        if program.is_file() and wasm.is_file():
            return program.read_bytes(), wasm.read_bytes()
    msg = f"{folder} does not hold npm's package onnxruntime-web (no dist/{' or dist/'.join(SHA256)}); {WAYS}"
    raise ArgumentError(msg)


def _known(path: Path, digest: str) -> bytes | None:
    """The file's content, if it is there and as it should be."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def _got(kept: Path) -> list[bytes | None]:
    """Let npm get the package, keep two files of it, and return them."""
    npm = shutil.which("npm")
    if npm is None:
        msg = f"the page takes {PACKAGE} along, which npm gets the first time, and there is no npm: {WAYS}"
        raise MissingPackageError(msg)
    with tempfile.TemporaryDirectory(prefix="gansurrogate-web-") as scratch:
        command = [npm, "pack", PACKAGE, "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        archives = [*Path(scratch).glob("*.tgz")]
        if done.returncode or len(archives) != 1:
            said = " ".join(done.stderr.split())[-600:]
            msg = f"npm could not get {PACKAGE} ({said}). Without a network {WAYS}"
            raise MissingPackageError(msg)
        with tarfile.open(archives[0]) as archive:
            files = {name: archive.extractfile(f"package/dist/{name}") for name in SHA256}
            contents = {name: file.read() for name, file in files.items() if file is not None}
    for name, digest in SHA256.items():
        if (computed := hashlib.sha256(contents.get(name, b"")).hexdigest()) != digest:
            msg = f"{name} of {PACKAGE}, as npm got it, has the SHA-256 {computed[:12]}...; expected {digest[:12]}..."
            raise MissingPackageError(msg)
    kept.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        with atomic_write(kept / name) as file:
            file.write(content)
    return [contents[name] for name in SHA256]
