"""`export`: a surrogate file becomes one HTML page, with everything in it that it needs."""

import base64
import gzip
import json
import os
import re
from html import escape
from pathlib import Path

from gansurrogate import trust
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.surrogate_file import Source
from gansurrogate_web.onnxruntime_web import find
from gansurrogate_web.real import real_signals

PAGE = Path(__file__).parent / "page"
# A browser opens no module that lies beside a page on a disk, so they are joined to one, in an order that can be read.
MODULES = ("surrogate", "fft", "plot", "picture", "signals", "controls", "csv", "facts", "views", "app")


def export(
    surrogate: Source,
    path: str | os.PathLike[str],
    *,
    real: str | None = None,
    onnxruntime_web: str | None = None,
) -> Manifest:
    """Write a page that draws signals of `surrogate` to `path`.

    Parameters
    ----------
    surrogate : path or bytes
        The surrogate file, or its content.
    path : path-like
        The .html file, replaced if it exists.
    real : str, optional
        An npy or npz file of real signals, or the name of a signal generator: some of its signals are shown beside the
        surrogate's.
    onnxruntime_web : str, optional
        A folder with npm's package onnxruntime-web; by default a known version is got by npm, once.

    Returns
    -------
    Manifest
        Of the surrogate.

    Raises
    ------
    SurrogateFileError
        If `surrogate` is not a sound surrogate.
    SignatureError, PolicyError
        If the policy of this machine refuses it.
    MissingPackageError
        If onnxruntime-web is not there and cannot be got.
    ArgumentError, SpecError, ConditionError
        If the real signals do not fit the surrogate.
    OutputError
        If the file cannot be written.
    """
    path = check_writable(path, surrogate, real)
    data, manifest, _ = trust.admit(surrogate)
    examples = None if real is None else real_signals(real, manifest.spec)
    library, wasm = find(onnxruntime_web)
    parts = {
        "title": escape(manifest.name),
        "style": (PAGE / "style.css").read_text("utf-8"),
        "program": program(),
        "real": json.dumps(examples, separators=(",", ":")).replace("<", "\\u003c"),  # no tag can end the script
        "onnxruntime": _packed(library),
        "wasm": _packed(wasm),
        "model": _packed(data),
    }
    text = (PAGE / "page.html").read_text("utf-8").format_map(parts)
    with atomic_write(path) as file:
        file.write(text.encode())
    return manifest


def program() -> str:
    """The page's modules as one, without their imports from each other."""
    sources = [(PAGE / f"{name}.mjs").read_text("utf-8") for name in MODULES]
    return "\n".join(re.sub(r"(?m)^import .*\n|^export ", "", source) for source in sources)


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 5, mtime=0)).decode()
