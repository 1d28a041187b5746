"""What the lean proof and the noxfile share: building wheels, and the runtime's tests in a lean environment."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
GOLDEN = ROOT / "tests" / "runtime" / "data" / f"golden-{VERSION}.onnx"
LEAN = ROOT / "tests" / "lean"
CONSTRAINTS = ROOT / "constraints.txt"
TOOLS = ("pytest", "pytest-xdist", "jsonschema")
HOST = (LEAN / "host.py", GOLDEN)
RUNTIME_TESTS = (
    "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT,
    ROOT / "tests" / "runtime",
)  # fmt: skip


def build(project: Path, folder: Path) -> tuple[object, ...]:
    """The arguments of Python that write the wheel of `project` into `folder`."""
    return "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, project
