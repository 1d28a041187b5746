"""`export`: a surrogate file becomes a functional mock-up unit."""

import os
import re
import shutil
import tempfile
import uuid
import zipfile
from importlib.metadata import version as version_of
from pathlib import Path
from typing import BinaryIO

from gansurrogate import trust
from gansurrogate.files import atomic_write, check_writable
from gansurrogate.manifest import Manifest
from gansurrogate.surrogate_file import Source
from gansurrogate_fmu.binary import (
    SOURCES,
    compile_unit,
    compiler,
    fmi_platform,
    onnxruntime_folder,
    onnxruntime_library,
    suffix,
)
from gansurrogate_fmu.description import model_description
from gansurrogate_fmu.page import documentation
from gansurrogate_fmu.source import MODEL, unit_header
from gansurrogate_fmu.variables import Variable, sample_time, variables_of
from gansurrogate_fmu.verify import verify

LIBRARY = f"libonnxruntime{suffix()}"
LICENSES = ("LICENSE", "ThirdPartyNotices.txt")
LEVEL = 4  # of compression: half the time of 6, for units that are 3 % larger
EPOCH = (1980, 1, 1, 0, 0, 0)  # zip's first day: equal units are equal files


def export(surrogate: Source, path: str | os.PathLike[str], *, step: float | None = None) -> Manifest:
    """Write the unit of `surrogate` to `path`.

    It holds the surrogate, onnxruntime's library and a small one of its own, compiled here; before it is put in
    place one row is compared with Python's, bit for bit.

    Parameters
    ----------
    surrogate : path or bytes
        The surrogate file, or its content.
    path : path-like
        The .fmu file, replaced if it exists.
    step : float, optional
        Time from sample to sample [s]; by default that of the last axis.

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
        If there is no unit for this platform or of this surrogate, or it does not give Python's signals.
    MissingPackageError
        If there is no C compiler or no onnxruntime.
    OutputError
        If the file cannot be written.
    """
    path = check_writable(path, surrogate)
    data, manifest, _ = trust.admit(surrogate)
    step = sample_time(manifest.spec.axes[-1], step)
    variables = variables_of(manifest.spec)
    place, runtime = fmi_platform(), onnxruntime_library()
    compiler()  # a missing one is told before work is done
    guid = f"{{{uuid.uuid5(uuid.NAMESPACE_OID, f'{manifest.file_sha256} {_tool()} {step!r}')}}}"
    identifier = re.sub(r"\W|^(?=\d)", "_", manifest.name, flags=re.ASCII)
    with tempfile.TemporaryDirectory(prefix="gansurrogate-fmu-") as scratch:
        unit = Path(scratch)
        binary = unit / "binaries" / place / f"{identifier}{suffix()}"
        _write_texts(unit, manifest, variables, identifier, guid, step)
        for content, copy in ((data, unit / "resources" / MODEL), (runtime.read_bytes(), binary.with_name(LIBRARY))):
            copy.parent.mkdir(parents=True)
            copy.write_bytes(content)
        compile_unit(unit / "sources", binary)
        verify(unit, binary, data, variables, guid, step)
        with atomic_write(path) as file:
            _pack(unit, file)
    return manifest


def _tool() -> str:
    return f"gansurrogate-fmu {version_of('gansurrogate-fmu')}"


def _write_texts(
    unit: Path, manifest: Manifest, variables: list[Variable], identifier: str, guid: str, step: float
) -> None:
    """Sources, model description, documentation and licences."""
    sources, licenses = unit / "sources", unit / "documentation" / "licenses"
    shutil.copytree(SOURCES, sources)
    header = unit_header(manifest, variables, guid=guid, step=step, library=LIBRARY)
    (sources / "unit.h").write_text(header, "utf-8")
    names = sorted(file.name for file in sources.glob("*.c"))
    description = model_description(
        manifest, variables, identifier=identifier, guid=guid, step=step, tool=_tool(), sources=names
    )
    (unit / "modelDescription.xml").write_bytes(description)
    licenses.mkdir(parents=True)
    for name in LICENSES:
        shutil.copyfile(onnxruntime_folder() / name, licenses / f"onnxruntime-{name}")
    (licenses.parent / "index.html").write_text(documentation(manifest, variables, step, _tool()), "utf-8")


def _pack(unit: Path, file: BinaryIO) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for content in sorted(path for path in unit.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(content.relative_to(unit).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o755 << 16 if "binaries" in content.parts else 0o644 << 16
            archive.writestr(entry, content.read_bytes(), compresslevel=LEVEL)
