"""``python -m release cut|build|rehearse|develop``; see docs/releasing.md."""

import argparse
import datetime
import sys
from pathlib import Path

from release import steps
from release.errors import ReleaseError

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run a step; 1 if it cannot be done."""
    options = _parser().parse_args()
    date = datetime.datetime.now(datetime.UTC).date()
    try:
        if options.step in ("cut", "develop"):
            cut = options.step == "cut"
            written = steps.cut(ROOT, options.version, date) if cut else steps.develop(ROOT, options.version)
            print("\n".join(str(path.relative_to(ROOT)) for path in written))
            title = f"{'Release' if cut else 'Version'} {options.version}"
            print(f"Look at `git diff`, then:\n  git add --all && git commit -m '{title}'")
            return 0
        given = {"key": options.key, "only": options.only}
        if options.step == "build":
            version = steps.build(ROOT, options.folder, **given)
        else:
            version = steps.rehearse(ROOT, options.version, date, options.folder, **given)
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n".join(sorted(path.name for path in options.folder.iterdir())))
    if options.step == "build":
        print(f"To publish:\n  git tag -a v{version} -m 'Release {version}' && git push --follow-tags")
        print(f"  twine upload {options.folder}/*.whl {options.folder}/*.tar.gz")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m release", description="Make a release; see docs/releasing.md.")
    commands = parser.add_subparsers(dest="step", required=True)
    cut = commands.add_parser("cut", help="write the version into changelog and projects, make the golden surrogates")
    build = commands.add_parser("build", help="build and check the files of the commit that is checked out")
    rehearse = commands.add_parser("rehearse", help="do both in a clone; the tree is not touched")
    develop = commands.add_parser("develop", help="write the version of what follows, 1.3.0.dev0, after a release")
    for command in (cut, rehearse, develop):
        command.add_argument("version")
    for command in (build, rehearse):
        command.add_argument("folder", type=Path, help="where the files go: new or empty")
        command.add_argument("--key", type=Path, help="private key (PEM) that signs the provenance")
        command.add_argument(
            "--only", action="append", default=[], metavar="NAME", help="a distribution; may be repeated"
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
