"""Is a surrogate as good as the real thing? Each figure stands beside its real-vs-real floor."""

from importlib.util import find_spec

from gansurrogate.errors import MissingPackageError

if _missing := [
    name for name in ["scipy", "sklearn", "threadpoolctl", "matplotlib", "jinja2"] if find_spec(name) is None
]:
    _msg = f"fidelity figures need {', '.join(_missing)}: pip install 'gansurrogate[fidelity]'"
    raise MissingPackageError(_msg)

from gansurrogate.fidelity.anomaly import anomaly_score as anomaly_score
from gansurrogate.fidelity.anomaly import anomaly_threshold as anomaly_threshold
from gansurrogate.fidelity.comparison import Comparison as Comparison
from gansurrogate.fidelity.comparison import Sample as Sample
from gansurrogate.fidelity.comparison import against as against
from gansurrogate.fidelity.figure import Figure as Figure
from gansurrogate.fidelity.panel import judge as judge
