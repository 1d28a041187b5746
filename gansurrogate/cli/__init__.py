"""The command ``gansurrogate``. Needs the extra ``[cli]``."""

import sys


def main() -> None:
    """Run the command line; exit code 0 done, 1 the answer is no, 2 wrong use, 130 interrupted."""
    try:
        import rich  # noqa: F401  # asked for here, so that their absence is a sentence
        import typer  # noqa: F401  # as above
    except ImportError as error:
        sys.exit(f"error: the command line needs {error.name}: pip install 'gansurrogate[cli]'")
    try:
        from gansurrogate.cli.app import run, take_sigterm
    except KeyboardInterrupt:  # imports take a while
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    take_sigterm()
    sys.exit(run(sys.argv[1:]))
