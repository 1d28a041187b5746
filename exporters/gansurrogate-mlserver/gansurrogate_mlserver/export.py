"""`export`: a surrogate file becomes a folder that MLServer starts from."""

import json
import math
import os
from dataclasses import asdict, dataclass

from gansurrogate import trust
from gansurrogate.arguments import check_integer, check_served_name
from gansurrogate.files import atomic_folder, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.spec import SignalSpec
from gansurrogate.surrogate_file import Source
from gansurrogate.trust.bundle import SUFFIX
from gansurrogate.trust.signature import beside
from gansurrogate_mlserver.tensors import inputs_of

FILE = "surrogate.onnx"
RUNTIME = "gansurrogate_mlserver.SurrogateRuntime"
MOST_BYTES = 2**24  # of the signals in one reply
# What it takes to serve: compressing float32 noise costs more than it saves, and logs of each request do too. Hosts and
# ports stay with MLServer's environment variables, which a file would override.
SERVER = {"debug": False, "gzip_enabled": False, "parallel_workers": 0}


@dataclass(frozen=True)
class Options:
    """What the runtime is told beside the file.

    Attributes
    ----------
    device : str
        As for ``gansurrogate.load``.
    most : int, optional
        Signals per request; by default as many as make 16 MiB.
    """

    device: str = "auto"
    most: int | None = None

    def most_for(self, spec: SignalSpec) -> int:
        """The most signals that one request gets."""
        return self.most or max(1, MOST_BYTES // (spec.dtype.itemsize * math.prod(spec.shape)))


def export(
    surrogate: Source,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    most: int | None = None,
    device: str = "auto",
) -> Manifest:
    """Write the folder of a model of MLServer, with everything in it that the server needs: ``mlserver start PATH``.

    Parameters
    ----------
    surrogate : path or bytes
        The surrogate file, or its content. A signature beside the file goes along.
    path : path-like
        The folder, which must not exist.
    name : str, optional
        Of the model, in addresses; by default the surrogate's.
    most : int, optional
        Signals per request; by default as many as make 16 MiB.
    device : str
        As for ``gansurrogate.load``.

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
    ExportError
        If a condition has the name of an input of the server's own.
    ArgumentError
        For a name that cannot be part of an address, or a number below 1.
    OutputError
        If the folder cannot be written.
    """
    path = check_writable(path, surrogate)
    data, manifest, signature = trust.admit(surrogate, signature=beside(surrogate))
    inputs_of(manifest.spec)
    options = Options(device, most if most is None else check_integer(most, "most", least=1))
    model = {
        "name": check_served_name(manifest.name if name is None else name),
        "implementation": RUNTIME,
        "parallel_workers": 0,  # threads suffice, since onnxruntime lets go of the GIL; processes would copy each reply
        "parameters": {"uri": f"./{FILE}", "version": manifest.version, "extra": asdict(options)},
    }
    with atomic_folder(path) as folder:
        (folder / FILE).write_bytes(data)
        if signature is not None:
            (folder / f"{FILE}{SUFFIX}").write_bytes(signature)
        for file, content in (("model-settings.json", model), ("settings.json", SERVER)):
            (folder / file).write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    return manifest
