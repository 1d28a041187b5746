"""What an operator asks first on a new machine: will surrogates run here, and on what?

Nothing on the machine is changed, and nothing is raised, whatever is broken: each check is guarded.
"""

import os
from functools import partial

from gansurrogate.doctor.devices import check_devices
from gansurrogate.doctor.finding import Finding as Finding
from gansurrogate.doctor.finding import guarded
from gansurrogate.doctor.model import check_model
from gansurrogate.doctor.nvidia import check_card, check_libraries
from gansurrogate.doctor.packages import check_onnxruntime, check_versions
from gansurrogate.doctor.surroundings import check_plugins, check_telemetry
from gansurrogate.doctor.threads import check_threads
from gansurrogate.session import onnxruntime


def diagnose(model: str | os.PathLike[str] | None = None, device: str = "auto") -> list[Finding]:
    """Look at this machine, and at a surrogate file on it.

    Parameters
    ----------
    model : path, optional
        A surrogate file to check, load, test and time.
    device : str
        As for `gansurrogate.load`.

    Returns
    -------
    list of Finding
        What is looked at first may explain what comes after it.
    """
    checks = {
        "versions": check_versions,
        "plugins": check_plugins,
        "telemetry": check_telemetry,  # after the plugins: one of them may have imported onnxruntime
        "threads": check_threads,
        "NVIDIA card": check_card,
        "onnxruntime": check_onnxruntime,
    }
    findings = [finding for what, check in checks.items() for finding in guarded(what, check)]
    if _usable():
        findings += guarded("CUDA libraries", check_libraries)
        findings += guarded("devices", partial(check_devices, device))
    if model is not None:
        findings += guarded("file", partial(check_model, os.fspath(model), device))
    return findings


def _usable() -> bool:
    try:
        onnxruntime()
    except Exception:  # already reported, whatever it is
        return False
    return True
