"""What the container image installs, and that it runs as the image does, without a container engine.

The steps of docs/containers/Containerfile are run in a folder that stands for the image. Where this process is root on
Linux, its commands then run as `--read-only --cap-drop ALL --user 65532 --network none` would have them: another user
without rights (but to read what stands for the image), nothing writable but two folders in memory, no network.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = ROOT / "docs" / "containers" / "Containerfile"
SETUP = """
set -e
mount --make-rprivate /
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777 tmpfs "$IMAGE/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$IMAGE/work"
cd "$IMAGE/work"
rights="-all,+dac_read_search"
exec setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs \\
    --bounding-set="$rights" --inh-caps="$rights" --ambient-caps="$rights" -- "$@"
"""
ISOLATED = ["unshare", "--mount", "--net"]
RESTRICTED = [*ISOLATED, "sh", "-c", SETUP, "sh"]
PROGRAM = """
set -e
if test "$1" = restricted && touch "$IMAGE/opt/written" 2>/dev/null; then exit 9; fi
gansurrogate doctor >/dev/null
gansurrogate doctor golden >/dev/null
gansurrogate sample golden -n 1000 --seed 7 -o signals.npz >/dev/null
python -c "import numpy, gansurrogate as gs
found = numpy.load('signals.npz'); s = gs.load('golden')
conditions = {c.name: found[c.name] for c in s.spec.conditions}
assert (found['signals'] == s.sample(1000, conditions=conditions, rng=7)).all()"
test "$(ls -A)" = signals.npz
test -z "$(find "$HOME" -type f)"
"""


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Containerfile with what follows them, comments and line ends removed."""
    lines = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines.splitlines() if line)]


def prove(work: Path, model: Path) -> None:
    """Install as the image does into `work`, report its size, and sample `model`, by name, as its user would."""
    image, source = work / "image", work / "source"
    environment: dict[str, str] = {}
    for folder in (image / "opt", image / "tmp", image / "work", image / "models", source):
        folder.mkdir(parents=True)
    tools = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for word, rest in instructions(CONTAINERFILE.read_text()):
        if word == "ARG":
            name, _, value = rest.partition("=")
            environment.setdefault(name, value)
        elif word == "COPY" and not rest.startswith("--from"):
            _copy(shlex.split(rest), source)
        elif word == "RUN":
            _run(["sh", "-c", rest.replace("/opt/", f"{image}/opt/")], {**tools, **environment}, source)
        elif word == "ENV":
            environment |= dict(each.split("=", 1) for each in shlex.split(rest))
    size = sum(path.lstat().st_size for path in image.rglob("*") if not path.is_symlink()) / 1e6
    print(f"   {size:.0f} MB besides the base", flush=True)  # noqa: T201  # a script
    here = {
        "PATH": f"{image}/opt/gansurrogate/bin:{os.defpath}",
        "HOME": f"{image}/tmp",
        "XDG_CACHE_HOME": f"{image}/tmp/cache",
        "GANSURROGATE_PATH": f"{image}/models",
        "IMAGE": str(image),
    }
    shutil.copy(model, image / "models" / "golden.onnx")
    command, manner = (RESTRICTED, "restricted") if _may_restrict() else ([], "free")
    print(f"   run {manner}", flush=True)  # noqa: T201
    _run([*command, "sh", "-c", PROGRAM, "sh", manner], {**environment, **here}, image / "work")


def _copy(names: list[str], source: Path) -> None:
    *files, target = names
    for name in files:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / target)


def _may_restrict() -> bool:
    """Whether this process may have namespaces of its own."""
    if sys.platform != "linux" or not shutil.which("setpriv") or not shutil.which("unshare"):
        return False
    return subprocess.run([*ISOLATED, "true"], capture_output=True, check=False).returncode == 0


def _run(command: list[str], environment: dict[str, str], folder: Path) -> None:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the container's steps failed: {json.dumps(command)}\n{done.stdout}{done.stderr}")
