"""A release of all distributions: `docs/releasing.md` says how, `python -m release` does it."""
