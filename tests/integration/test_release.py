"""A release is rehearsed on a small part of this repository, without a network."""

import base64
import datetime
import hashlib
import importlib
import json
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DATE = datetime.date(2031, 2, 3)
PARTS = (
    "gansurrogate/__init__.py",
    "exporters/gansurrogate-web",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CITATION.cff",
)
CHANGELOG = (
    "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- `gansurrogate`: a thing.\n\n## [0.0.1] - 2026-01-01\n\n- Old.\n"
)
GIT = shutil.which("git")
pytestmark = pytest.mark.skipif(GIT is None, reason="needs git")


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """``release(name)``: a module of the release script."""
    monkeypatch.syspath_prepend(ROOT / ".ci")
    return lambda name: importlib.import_module(f"release.{name}")


def git(root: Path, *arguments: str) -> str:
    author = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"]
    command = [str(GIT), "-C", str(root), *author, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two of the distributions, of the package one module, committed."""
    root = tmp_path / "repository"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "dist")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copyfile
        (root / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, root / part, **({"ignore": ignored} if copy is shutil.copytree else {}))
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    (root / "tests" / "runtime").mkdir(parents=True)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "all")
    return root


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """The Python of an environment in which two packages are installed, as far as can be seen."""
    folder = tmp_path / "environment"
    venv.create(folder)
    (place,) = folder.glob("lib/python*/site-packages")
    for name, version in (("thing", "1.5"), ("other", "2.0")):
        info = place / f"{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return folder / "bin" / "python"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_rehearsal_makes_checked_files_and_leaves_the_tree(
    release, repository: Path, environment: Path, write_keys, tmp_path
) -> None:
    folder, (key, public) = tmp_path / "dist", write_keys(tmp_path)
    options = {"goldens": False, "environment": environment, "key": key}
    assert release("steps").rehearse(repository, "9.1.0", DATE, folder, **options) == "9.1.0"
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "log", "--format=%s").split() == ["all"]
    files = {path.name for path in folder.iterdir()}
    built = {f"gansurrogate{part}-9.1.0{end}" for part in ("", "_web") for end in (".tar.gz", "-py3-none-any.whl")}
    assert files == built | {"SHA256SUMS", "bill-of-materials.cdx.json", "provenance.json", "provenance.dsse.json"}
    with zipfile.ZipFile(folder / "gansurrogate_web-9.1.0-py3-none-any.whl") as wheel:
        metadata = wheel.read("gansurrogate_web-9.1.0.dist-info/METADATA").decode()
    assert "\nVersion: 9.1.0\n" in metadata
    assert "\nRequires-Dist: gansurrogate>=9.1.0\n" in metadata
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    assert dict(line.split("  ")[::-1] for line in lines) == {
        name: sha256(folder / name) for name in files - {"SHA256SUMS"}
    }
    _check_bill(json.loads((folder / "bill-of-materials.cdx.json").read_text()))
    _check_provenance(folder, built, public)
    for path in folder.glob("*.json"):
        assert str(tmp_path) not in path.read_text()


def _check_bill(bill: dict[str, Any]) -> None:
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "gansurrogate"
    assert {(each["name"], each["version"]) for each in bill["components"]} == {("thing", "1.5"), ("other", "2.0")}


def _check_provenance(folder: Path, built: set[str], public: Path) -> None:
    """Against the reference implementation of in-toto's statements, and the definition of DSSE's signed bytes."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from google.protobuf import json_format
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    content = json.loads((folder / "provenance.json").read_text())
    statement = Statement.copy_from_pb(json_format.ParseDict(content, Message()))
    statement.validate()
    subjects = {each.name: each.digest["sha256"] for each in statement.pb.subject}
    assert subjects == {name: sha256(folder / name) for name in built | {"bill-of-materials.cdx.json"}}
    envelope = json.loads((folder / "provenance.dsse.json").read_text())
    payload = base64.b64decode(envelope["payload"])
    assert json.loads(payload) == content
    kind = envelope["payloadType"].encode()
    signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    load_pem_public_key(public.read_bytes()).verify(
        base64.b64decode(envelope["signatures"][0]["sig"]), signed, ec.ECDSA(hashes.SHA256())
    )


def test_a_cut_writes_changelog_and_numbers(release, repository: Path) -> None:
    written = release("steps").cut(repository, "9.1.0", DATE, goldens=False)
    assert {str(path.relative_to(repository)) for path in written} == {
        *("CHANGELOG.md", "CITATION.cff", "gansurrogate/__init__.py", "pyproject.toml"),
        "exporters/gansurrogate-web/pyproject.toml",
    }
    head = "## [Unreleased]\n\n## [9.1.0] - 2031-02-03\n\n### Added\n\n- `gansurrogate`: a thing.\n\n## [0.0.1]"
    assert (repository / "CHANGELOG.md").read_text() == CHANGELOG.replace(
        "## [Unreleased]\n\n### Added\n\n- `gansurrogate`: a thing.\n\n## [0.0.1]", head
    )
    assert "\nversion: 9.1.0\ndate-released: 2031-02-03\n" in (repository / "CITATION.cff").read_text()
    changed = [
        line
        for line in git(repository, "diff", "-U0", "--", "*.toml", "*.py").splitlines()
        if line[:2] in ("+v", "+_", "+d")
    ]
    assert sorted(changed) == [
        '+__version__ = "9.1.0"',
        '+dependencies = ["gansurrogate>=9.1.0"]',
        *['+version = "9.1.0"'] * 2,
    ]
    git(repository, "commit", "--quiet", "--all", "--message", "Release 9.1.0")
    with pytest.raises(release("errors").ReleaseError, match=r"version 9\.1\.0 does not come after 9\.1\.0"):
        release("steps").cut(repository, "9.1.0", DATE)
    with pytest.raises(release("errors").ReleaseError, match=r"no entry under '## \[Unreleased\]'"):
        release("steps").cut(repository, "9.2.0", DATE)


def test_what_follows_a_release_is_another_version(release, repository: Path) -> None:
    steps, error = release("steps"), release("errors").ReleaseError
    steps.cut(repository, "9.1.0", DATE, goldens=False)
    git(repository, "commit", "--quiet", "--all", "--message", "Release 9.1.0")
    for version, message in (("9.1.0.dev1", "does not come after"), ("9.2.0", r"as in 1\.2\.3\.dev0 here")):
        with pytest.raises(error, match=message):
            steps.develop(repository, version)
    before = (repository / "CHANGELOG.md").read_text()
    steps.develop(repository, "9.2.0.dev0", goldens=False)
    assert release("numbers").check_same(repository, release("source").distributions(repository)) == "9.2.0.dev0"
    assert "date-released" not in (repository / "CITATION.cff").read_text()
    assert (repository / "CHANGELOG.md").read_text() == before


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("0.0.1", "does not come after 0.4.0rc1"),
        ("0.4.0a2", "does not come after 0.4.0rc1"),
        ("v1.0", "a version is written as in 1.2.3"),
        ("1.0-1", "a version is written as in 1.2.3"),
        ("1.0.dev1", "a version is written as in 1.2.3"),
        ("1.0+here", "a version is written as in 1.2.3"),
    ],
)
def test_a_version_comes_after_all_that_are_released(release, repository: Path, version: str, message: str) -> None:
    git(repository, "tag", "v0.4.0rc1")
    with pytest.raises(release("errors").ReleaseError, match=message):
        release("steps").cut(repository, version, DATE)
    assert git(repository, "status", "--porcelain") == ""


def test_a_version_comes_after_the_one_that_is_developed(release, repository: Path) -> None:
    steps, error = release("steps"), release("errors").ReleaseError
    steps.develop(repository, "9.2.0.dev0", goldens=False)
    git(repository, "commit", "--quiet", "--all", "--message", "Version 9.2.0.dev0")
    with pytest.raises(error, match=r"version 9\.1\.0 does not come after 9\.2\.0\.dev0"):
        steps.cut(repository, "9.1.0", DATE)
    steps.cut(repository, "9.2.0", DATE, goldens=False)


def test_a_tag_that_only_looks_like_a_release_is_named(release, repository: Path) -> None:
    git(repository, "tag", "v1.0-backup")
    with pytest.raises(release("errors").ReleaseError, match=r"no version number: Invalid version: .1\.0-backup"):
        release("steps").cut(repository, "9.1.0", DATE)


def test_what_is_in_no_commit_is_not_released(release, repository: Path, tmp_path: Path) -> None:
    (repository / "notes.txt").write_text("new")
    steps, error = release("steps"), release("errors").ReleaseError
    for step in (
        lambda: steps.cut(repository, "9.1.0", DATE),
        lambda: steps.build(repository, tmp_path / "dist"),
        lambda: steps.rehearse(repository, "9.1.0", DATE, tmp_path / "dist"),
    ):
        with pytest.raises(error, match=r"in no commit; commit or remove them:\n\?\? notes.txt"):
            step()
    assert not (tmp_path / "dist").exists()


def test_what_does_not_fit_is_not_built(release, repository: Path, tmp_path: Path) -> None:
    steps, error = release("steps"), release("errors").ReleaseError
    with pytest.raises(error, match=r"does not have version .*: cut the release first"):
        steps.build(repository, tmp_path / "dist")
    steps.cut(repository, "9.1.0", DATE, goldens=False)
    git(repository, "commit", "--quiet", "--all", "--message", "Release 9.1.0")
    with pytest.raises(error, match="no distribution is called gansurrogate-web3; there are gansurrogate, gansurr"):
        steps.build(repository, tmp_path / "dist", only=["gansurrogate-web3"])
    with pytest.raises(error, match=r"repository is not empty: give another folder"):
        steps.build(repository, repository)
    with pytest.raises(error, match=r"Makefile is a file: give a folder"):
        steps.build(repository, ROOT / "Makefile")
    with pytest.raises(error, match=r"Makefile cannot sign: .*; give a private key in PEM without a password"):
        steps.build(repository, tmp_path / "dist", key=ROOT / "Makefile")
    (repository / "gansurrogate" / "__init__.py").write_text('__version__ = "9.0.0"\n')
    git(repository, "commit", "--quiet", "--all", "--message", "a mistake")
    with pytest.raises(error, match=r"there is one version number; found .*'9\.0\.0'"):
        steps.build(repository, tmp_path / "dist")


def test_builds_that_differ_are_told(release, repository: Path, tmp_path: Path) -> None:
    """A build that depends on the time zone is not reproducible."""
    project = repository / "exporters" / "gansurrogate-web"
    hook = '[tool.hatch.build.hooks.custom]\npath = "hook.py"\n'
    (project / "pyproject.toml").write_text((project / "pyproject.toml").read_text() + hook)
    (project / "hook.py").write_text(
        "import os\nfrom pathlib import Path\n"
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Hook(BuildHookInterface):\n    def initialize(self, version, build_data):\n"
        "        Path(self.root, 'gansurrogate_web', 'zone.txt').write_text(os.environ['TZ'])\n"
    )
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "depends on the zone")
    with pytest.raises(release("errors").ReleaseError, match=r"two builds of one commit differ in .*whl"):
        release("artefacts").build(repository, tmp_path / "scratch", tmp_path / "dist", ["gansurrogate-web"])
    assert not (tmp_path / "dist").exists()


def test_an_environment_with_paths_of_this_machine_is_no_bill_of_materials(release, environment: Path) -> None:
    (info,) = environment.parents[1].glob("lib/python*/site-packages/thing-1.5.dist-info")
    (info / "direct_url.json").write_text('{"url": "file:///home/somebody/thing", "dir_info": {}}')
    with pytest.raises(release("errors").ReleaseError, match="names files of this machine"):
        release("origin").bill_of_materials(environment, ROOT / "pyproject.toml")


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "release", "rehearse", "latest", str(tmp_path / "dist")]
    done = subprocess.run(command, cwd=ROOT / ".ci", capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert not (tmp_path / "dist").exists()
