"""Is a surrogate as good as the real thing? Each figure stands beside its real-vs-real floor."""

from gansurrogate.errors import MissingPackageError

try:
    import scipy  # noqa: F401  # asked for here, so that every module below may import it at its top
    import sklearn  # noqa: F401
except ImportError as error:
    _msg = f"fidelity figures need {error.name}: pip install 'gansurrogate[fidelity]'"
    raise MissingPackageError(_msg) from error

from gansurrogate.fidelity.figure import Figure as Figure
from gansurrogate.fidelity.panel import judge as judge
