"""README and tutorials, from top to bottom: every Python block and every shell command runs, in order, in one folder.

What a page shows after a block (```text) has to come out of it, line by line; words with a digit may differ.
A Python block that begins with the comment of a file's name is that file.
"""

import contextlib
import importlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

import gansurrogate as gs
from gansurrogate.cli.app import run
from gansurrogate.places.uris import parse
from gansurrogate.plugins import Plugins, installed

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs" / "tutorials").glob("*.md"))
FILES = [ROOT / "pyproject.toml", *ROOT.glob("exporters/*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml")]
PROJECTS = [tomllib.loads(path.read_text())["project"] for path in FILES]

# A test trains for a second where a reader trains for minutes, and judges fewer signals. Nothing else is changed.
SHORTER = [
    (r"--minutes [\d.]+", "--steps 20 --recipe TINY"),
    (r"(gansurrogate simulate \S+ -n) \d+", r"\1 600"),
    (r"(gansurrogate evaluate [^#\n]*)", r"\1 -n 100 "),
    (r"(\"\w+_auc<=)[\d.]+", r"\g<1>1"),
    (r"(gansurrogate export .* --to web)", r"\1 --option onnxruntime_web=MODULES"),  # else npm would fetch it
    (r"(python -m build)", r"\1 --no-isolation --skip-dependency-check"),
]
MODULES = ROOT / "tests" / "hosts" / "javascript" / "node_modules"
# What somebody has done before the story begins.
KEYS = [
    "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out private.pem",
    "openssl pkey -in private.pem -pubout -out public.pem",
]
BEFORE = {
    "README.md": [
        *KEYS,
        "gansurrogate simulate noisy-sine -n 600 --seed 1 -o recordings.npz",
        "gansurrogate simulate noisy-sine -n 600 --seed 2 -o held-out.npz",
    ],
    "docs/tutorials/operator.md": [*KEYS, "gansurrogate sign noisy-sine.onnx --key private.pem"],
}
OTHERS = {"build", "twine"}  # what pages install besides
BLOCK = re.compile(r"^( *)```(python|sh|text|toml)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
Block = tuple[str, str]


def blocks(page: str) -> list[Block]:
    """Language and content of the page's blocks; commands within a sentence count as shell blocks."""
    text = (ROOT / page).read_text()
    found = [(m.start(), m[2], re.sub(f"(?m)^{m[1]}", "", m[3])) for m in BLOCK.finditer(text)]
    if page == "README.md":
        named = re.finditer(r"`((?:gansurrogate|make|pip) [^`\n]+)`", text)
        found += [(m.start(), "sh", m[1]) for m in named if not re.search(r"\b[A-Z]{3}", m[1])]  # but for `fetch URI`
    return [(language, content) for _, language, content in sorted(found)]


class Story:
    """Runs blocks. Folder, environment and Python names live from one block to the next."""

    def __init__(self, page: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.page, self.names, self.said, self.patch = page, {"__name__": page}, io.StringIO(), monkeypatch
        self.state, self.site, self.recipe = folder / ".state", folder / "site", folder / "tiny.toml"
        self.site.mkdir()
        monkeypatch.syspath_prepend(self.site)
        path = os.pathsep.join([str(self.site), *(part for part in sys.path if part)])
        scripts = os.pathsep.join([sysconfig.get_path("scripts"), "/usr/bin", "/bin"])
        for name, value in {"PYTHONPATH": path, "PATH": scripts, "HOME": str(folder), "OMP_NUM_THREADS": "1"}.items():
            monkeypatch.setenv(name, value)

    def tell(self, block: Block) -> None:
        language, content = block
        if language == "text":
            compare(self.page, content, self.said.getvalue())
            return
        self.said = io.StringIO()
        with contextlib.redirect_stdout(self.said), contextlib.redirect_stderr(self.said):
            if title := re.match(r"# (\S+\.\w+)\n", content):
                Path(title[1]).write_text(shorter(content))
            elif language == "python":
                exec(compile(content, self.page, "exec"), self.names)
            else:
                for command in content.replace("\\\n", " ").splitlines():
                    if shlex.split(command, comments=True):
                        self.command(command)

    def command(self, command: str) -> None:
        expected = re.search(r"# exit code (\d+)", command)
        command = shorter(command)
        if "MODULES" in command and not MODULES.is_dir():
            return  # where npm is not, a page has nothing to draw with: `make hosts`
        command = command.replace("TINY", str(self.recipe)).replace("MODULES", str(MODULES))
        words = shlex.split(command, comments=True)
        if words[0] == "make":
            assert_ci_makes(words[1])
        elif words[0] == "podman" or words[:2] == ["gansurrogate", "fetch"]:
            assert_well_formed(words)
        elif words[:2] == ["pip", "install"]:
            self.install(words[2:])
        else:
            code = run(words[1:]) if words[0] == "gansurrogate" else self.bash(command)
            assert code == int(expected[1] if expected else 0), f"{self.page}: {command}\n{self.said.getvalue()}"

    def bash(self, command: str) -> int:
        script = f'{command}\ncode=$?\nenv -0 > "{self.state}"\nexit $code'
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
        self.said.write(done.stdout + done.stderr)
        for part in filter(None, self.state.read_text().split("\0")):
            self.patch.setenv(*part.split("=", 1))
        self.patch.chdir(os.environ["PWD"])
        return done.returncode

    def install(self, words: list[str]) -> None:
        """Packages of this repository and their extras have to exist; folders and wheels of the story are installed."""
        for word in (word for word in words if not word.startswith("-")):
            name, extras = re.fullmatch(r"([\w./*-]+?)(?:\[([\w,-]+)\])?", word).groups()
            if name == "." or name.endswith(".whl"):
                options = f"--quiet --no-deps --no-build-isolation --no-index --upgrade --target {self.site}"
                assert self.bash(f"python -m pip install {options} {name}") == 0, self.said.getvalue()
                for copy in self.site.glob("*/") if "-e" in words else ():
                    if Path(copy.name).is_dir():
                        shutil.rmtree(copy)
                        copy.symlink_to(Path(copy.name).absolute())
                importlib.invalidate_caches()
                installed.cache_clear()
            elif name not in OTHERS:
                (project,) = (project for project in PROJECTS if project["name"] == name)
                assert set(extras.split(",") if extras else []) <= set(project.get("optional-dependencies", {}))


def assert_ci_makes(target: str) -> None:
    """`make test` is what continuous integration calls; `make demo` is one command, which has a test of its own."""
    makefile = (ROOT / "Makefile").read_text()
    assert re.search(rf"(?m)^{target}:", makefile), f"the Makefile has no target {target}"
    if target == "demo":
        assert "$(BIN)/gansurrogate demo --folder demo" in makefile
    else:
        assert "make test" in (ROOT / ".ci" / "run").read_text()


def assert_well_formed(words: list[str]) -> None:
    """Commands that need a container engine or another host: what they name has to be there and to be understood."""
    for option, value in pairwise(words):
        assert option != "--file" or (ROOT / value).is_file(), value
    for uri in words[2:] if words[1] == "fetch" else ():
        assert parse(uri).sha256 in uri


def shorter(text: str) -> str:
    for pattern, replacement in SHORTER:
        text = re.sub(pattern, replacement, text)
    return text


def compare(page: str, shown: str, said: str) -> None:
    """Each shown line, but for its numbers, was said, in this order; a long line may be shown in two."""
    rest = masked(said)
    for line in shown.splitlines():
        if line.strip(" ."):
            _, found, rest = rest.partition(masked(line.removesuffix("...")))
            assert found, f"{page} shows {line!r}; what was said is\n{said}"


def masked(text: str) -> str:
    """The words, without colours and the lines of tables."""
    words = re.sub(r"\x1b\[\d*m|[│┃]", " ", text).split()
    return " ".join("#" if re.search(r"\d", word) else word for word in words)


@pytest.mark.parametrize("page", ["README.md", *TUTORIALS])
def test_a_page_runs_from_top_to_bottom(
    page: str, noisy_sine_file: Path, recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noisy-sine.onnx").write_bytes(noisy_sine_file.read_bytes())
    monkeypatch.setattr(gs, "register", Plugins().register)  # what an example registers stays in it
    story = Story(page, tmp_path, monkeypatch)
    for block in [*(("sh", command) for command in BEFORE.get(page, [])), *blocks(page)]:
        story.tell(block)
    installed.cache_clear()
