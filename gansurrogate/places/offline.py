"""``GANSURROGATE_OFFLINE=1``: nothing remote is touched."""

import os
from collections.abc import Mapping

VARIABLE = "GANSURROGATE_OFFLINE"
_NO = {"", "0", "false", "no", "off"}


def is_offline(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the user forbids to touch anything remote; whatever is not a clear no is a yes."""
    return environment.get(VARIABLE, "").strip().lower() not in _NO
