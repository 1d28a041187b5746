"""Tests meet the same environment everywhere: build services set variables that colour or wrap what commands print."""

import os

for _name in ("GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
    os.environ.pop(_name, None)
# Nor a developer's own surrogates and policy.
for _name in ("GANSURROGATE_CACHE", "GANSURROGATE_OFFLINE", "GANSURROGATE_PATH", "GANSURROGATE_POLICY"):
    os.environ.pop(_name, None)
