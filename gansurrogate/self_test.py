"""Does this machine give the values that a surrogate file promises?"""

import numpy as np

from gansurrogate.errors import SelfTestError
from gansurrogate.manifest import Manifest
from gansurrogate.session import Feeds, Session


def run_self_test(manifest: Manifest, session: Session) -> float:
    """Largest absolute deviation from the promised values, in ``spec.unit``.

    Raises
    ------
    SelfTestError
        If a value is further off than the file's tolerance.
    """
    test = manifest.self_test
    expected = np.array(test.expected)
    drawn = session.run(feeds_of(manifest)).reshape(len(test.rows), -1)[:, test.positions]
    deviation = np.abs(drawn - expected)
    if not (deviation <= test.atol + test.rtol * np.abs(expected)).all():
        msg = (
            f"the surrogate does not reproduce its file's self-test on {session.provider}: off by up to"
            f" {np.nan_to_num(deviation, nan=np.inf).max():.3g} {manifest.spec.unit}, allowed {test.atol:.3g}"
        )
        raise SelfTestError(msg)
    return float(deviation.max())


def feeds_of(manifest: Manifest) -> Feeds:
    """The inputs of the self-test's call, by name: ``seed`` (), ``rows`` (N,) and conditions (N, *shape)."""
    test = manifest.self_test
    feeds: Feeds = {"seed": np.array(test.seed, np.int64), "rows": np.array(test.rows, np.int64)}
    for c in manifest.spec.conditions:
        values = [np.broadcast_to(np.reshape(v, c.shape if isinstance(v, list) else ()), c.shape)
                  for v in test.conditions[c.name]]  # fmt: skip
        feeds[c.name] = np.array(values, c.dtype)
    return feeds
