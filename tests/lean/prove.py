"""The lean proof: what an inference machine and a plugin author do, in an empty environment, from wheels.

1. Build the wheels, package a surrogate, and gather both with what they need in one folder.
2. In a new environment, from that folder alone and without a network, install gansurrogate[cpu] and the surrogate: no
   torch, onnx or scipy. Load it there by its name: its signals are those of this environment, bit for bit.
3. Sample there from a host script, run the runtime's tests, and use the command line there.
4. Do what the Containerfile does, and run it as a container would.
5. Copy the example plugin out of the repository, rename it, install it there, and run its own tests.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

import container
from commands import CONSTRAINTS, GOLDEN, HOST, LEAN, ROOT, RUNTIME_TESTS, TOOLS, build

PLUGIN = ROOT / "plugins" / "gansurrogate-signals"
HERE = Path(sysconfig.get_path("scripts"), "gansurrogate")  # the command of this environment


def main() -> None:
    """Run the proof in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        step("building the wheels")
        for project in (ROOT, ROOT / "exporters" / "gansurrogate-onnx", PLUGIN):
            run(sys.executable, *build(project, work), quiet=True)
        step("a surrogate as a package, and the folder that is carried to the other machine")
        (wheel,) = work.glob("gansurrogate-*.whl")
        house, expected = work / "house", work / "expected.npy"
        run(sys.executable, "-m", "pip", "download", "--quiet", "--dest", house, "-c", CONSTRAINTS, f"{wheel}[cpu]")
        run(HERE, "package", GOLDEN, "-o", house)
        run(HERE, "sample", GOLDEN, "-n", "1000", "--seed", "1", "-o", expected,
            "--condition", "energy=20", "--condition", "kind=b")  # fmt: skip
        step("an empty environment without a network, with gansurrogate[cpu] and the surrogate")
        venv.create(work / "lean", with_pip=True)
        python = work / "lean" / "bin" / "python"
        install = ("-m", "pip", "--isolated", "install", "--quiet", "--no-index", "--find-links", house)
        run(*offline(), python, *install, "gansurrogate[cpu]", "gansurrogate-model-golden")
        run(python, "-m", "pip", "check", quiet=True)
        run(*offline(), python, LEAN / "named.py", "golden", expected, cwd=work)
        run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "gansurrogate-model-golden")  # tests expect none
        run(python, *HOST, cwd=work)
        step("the runtime's tests in it")
        pip(python, *TOOLS)
        run(python, *RUNTIME_TESTS, cwd=work)
        step("the command line without torch")
        pip(python, f"{wheel}[cli]")
        command = work / "lean" / "bin" / "gansurrogate"
        run(command, "list")
        run(command, "inspect", GOLDEN)
        run(command, "sample", GOLDEN, "-n", "1000", "--seed", "7", "-o", work / "signals.npz")
        step("what the Containerfile installs, read-only")
        container.prove(work / "container", GOLDEN)
        step("the example plugin, copied and renamed")
        copy = rename(PLUGIN, work / "acme-waves")
        pip(python, copy)
        run(python, "-m", "pytest", "-q", "-c", ROOT / "pyproject.toml", "--rootdir", copy, copy / "tests", cwd=work)
        found = "import gansurrogate as gs; print(gs.signal_generator('noisy-sine').sample(3, rng=1).shape)"
        run(python, "-c", found, cwd=work)


def rename(project: Path, copy: Path) -> Path:
    """Copy a plugin and give it another name, as its README says."""
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "dist"))
    (copy / "gansurrogate_signals").rename(copy / "acme_waves")
    for file in [copy / "pyproject.toml", *copy.rglob("*.py"), *copy.rglob("*.md")]:
        text = (
            file.read_text().replace("gansurrogate_signals", "acme_waves").replace("gansurrogate-signals", "acme-waves")
        )
        file.write_text(re.sub(r"(?m)^signals = ", "waves = ", text))
    return copy


def offline() -> list[str]:
    """What runs a command without a network, where this user may; Python's own sockets are watched in any case."""
    command = ["unshare", "--map-root-user", "--net"]
    try:
        permitted = subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        permitted = False
    if not permitted:
        step("(no network namespaces for this user: only Python's sockets are watched)")
    return command if permitted else []


def pip(python: Path, *requirements: object) -> None:
    """Install into an environment."""
    run(python, "-m", "pip", "install", "--quiet", "--constraint", CONSTRAINTS, *requirements)


def run(*command: object, cwd: Path | None = None, quiet: bool = False) -> None:
    """Run a command; end the proof if it fails."""
    output = subprocess.PIPE if quiet else None
    done = subprocess.run([str(part) for part in command], cwd=cwd, check=False, stdout=output, stderr=output)
    if done.returncode:
        tail = (done.stdout + done.stderr).decode() if quiet else ""
        sys.exit(f"lean proof failed: {' '.join(str(part) for part in command)}\n{tail}")


def step(title: str) -> None:
    """Say what is done."""
    print(f"== {title}", flush=True)  # noqa: T201  # a script


if __name__ == "__main__":
    main()
