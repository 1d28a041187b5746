"""The runtime with other versions of onnxruntime, numpy and Python, from its wheel and without torch.

``nox`` runs what it finds interpreters for; ``nox -s "versions(oldest)"`` one of them; ``nox -l`` lists them. Each
session runs the runtime's tests, and opens the golden files of every release and what the exporter of this tree writes
today. Run it with the Python of the clone's environment: it builds the wheel and writes those files, with torch.
"""

import shutil
import sys
from pathlib import Path

import nox

sys.path.append(str(Path(__file__).parent / "tests" / "lean"))
from commands import CONSTRAINTS, HOST, ROOT, RUNTIME_TESTS, TOOLS, build

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.stop_on_first_error = False

# The oldest are the least that pyproject.toml asks for.
VERSIONS = {
    "oldest": ("onnxruntime==1.21.0", "numpy==2.0.0", "pluggy==1.5.0"),
    "between": ("onnxruntime==1.26.0", "numpy==2.2.0"),
    "newest": (),
    "oldest onnxruntime": ("onnxruntime==1.21.0",),
    "oldest numpy": ("numpy==2.0.0",),
}
PREPARED: set[Path] = set()


@nox.session
@nox.parametrize("pins", [nox.param(pins, id=name) for name, pins in VERSIONS.items()])
def versions(session: nox.Session, pins: tuple[str, ...]) -> None:
    """Older and newer onnxruntime and numpy, on the Python that runs nox."""
    check(session, *pins)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def python(session: nox.Session) -> None:
    """Each Python, with the newest onnxruntime and numpy."""
    check(session)


def check(session: nox.Session, *pins: str) -> None:
    """A host program, the runtime's tests, and every file, in the environment of the session."""
    made = Path(session.cache_dir, "made").resolve()
    prepare(session, made)
    (wheel,) = made.glob("*.whl")
    session.install("--constraint", CONSTRAINTS, *TOOLS)  # first: they are to leave alone what is pinned
    session.install(f"{wheel}[cpu]", *pins)
    session.run("python", "-m", "pip", "list")
    session.run("python", *map(str, HOST))
    session.run("python", *map(str, RUNTIME_TESTS), env={"GANSURROGATE_TEST_EXPORTS": str(made)})


def prepare(session: nox.Session, folder: Path) -> None:
    """The wheel, and what the exporter writes today; once in a run of nox."""
    if folder in PREPARED:
        return
    PREPARED.add(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    session.run(sys.executable, *map(str, build(ROOT, folder)), external=True, silent=True)
    session.run(sys.executable, str(ROOT / "tests" / "lean" / "exports.py"), str(folder), external=True)
