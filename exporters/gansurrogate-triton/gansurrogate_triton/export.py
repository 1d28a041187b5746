"""`export`: a surrogate file becomes a model repository of Triton."""

import os

from gansurrogate import trust
from gansurrogate.arguments import check_integer, check_served_name
from gansurrogate.errors import ArgumentError
from gansurrogate.files import atomic_folder, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.self_test import feeds_of
from gansurrogate.surrogate_file import Source
from gansurrogate.trust.bundle import SUFFIX
from gansurrogate.trust.signature import beside
from gansurrogate_triton.config import CONFIG, MODEL, WARMUP, model_config
from gansurrogate_triton.tensors import tensors_of

DEVICES = ("cpu", "gpu")


def export(
    surrogate: Source,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    version: int = 1,
    instances: int = 1,
    device: str = "cpu",
) -> Manifest:
    """Write the model repository of `surrogate` to `path`, whole or not at all.

    ``path/NAME/config.pbtxt`` says what Triton serves, ``path/NAME/VERSION/model.onnx`` is the surrogate file,
    unchanged, and ``path/NAME/warmup`` holds the inputs of its self-test, which Triton runs before it is ready.

    Parameters
    ----------
    surrogate : path or bytes
        The surrogate file, or its content. A signature beside the file goes along.
    path : path-like
        The folder to make. A folder that is there is not touched.
    name : str, optional
        Of the model as clients call it; by default the surrogate's own.
    version : int
        Of the model as clients call it.
    instances : int
        How many calls run at a time, each in one thread; on GPUs that many on each.
    device : str
        ``"cpu"``, or ``"gpu"`` for all NVIDIA cards that Triton sees.

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
    ArgumentError, ArgumentTypeError
        For a name that Triton or a file system may refuse, another device, or a number that is no whole one or below 1.
    OutputError
        If the folder cannot be written.
    """
    path = check_writable(path, surrogate)
    version, instances = check_integer(version, "version", least=1), check_integer(instances, "instances", least=1)
    data, manifest, signature = trust.admit(surrogate, signature=beside(surrogate))
    _check_device(device, manifest)
    name = check_served_name(manifest.name if name is None else name)
    tensors = tensors_of(manifest.spec)
    feeds = feeds_of(manifest)
    with atomic_folder(path) as folder:
        model = folder / name
        (model / str(version)).mkdir(parents=True)
        (model / WARMUP).mkdir()
        (model / str(version) / MODEL).write_bytes(data)
        if signature is not None:
            (model / str(version) / f"{MODEL}{SUFFIX}").write_bytes(signature)
        for tensor in tensors:
            raw = feeds[tensor.name].astype(tensor.dtype.newbyteorder("<"))
            (model / WARMUP / tensor.file).write_bytes(raw.tobytes())
        text = model_config(manifest, tensors, name=name, version=version, instances=instances, gpu=device == "gpu")
        (model / CONFIG).write_text(text, "utf-8")
    return manifest


def _check_device(device: str, manifest: Manifest) -> None:
    if device not in DEVICES:
        msg = f"device is {' or '.join(repr(each) for each in DEVICES)}; got {device!r}"
        raise ArgumentError(msg)
    if device == "gpu" and manifest.export.get("cpu_only") is True:
        msg = "device 'gpu' cannot be served: the file was exported for CPUs only; export it without cpu_only"
        raise ArgumentError(msg)
