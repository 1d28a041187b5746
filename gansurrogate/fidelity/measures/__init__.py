"""The members of the panel, by name: what each takes from a comparison, and the figures that it gives."""

from collections.abc import Mapping

from gansurrogate.fidelity.measures.classifiers import convolutional, raw, spectral, trees
from gansurrogate.fidelity.measures.likeness import distributions, neighbours, permutations
from gansurrogate.fidelity.measures.measure import Measure
from gansurrogate.fidelity.measures.parameters import conditions, parameters
from gansurrogate.fidelity.measures.scores import calochallenge, context_fid, correlations, lenet, timegan
from gansurrogate.fidelity.measures.sequences import copies, lengths, ngrams, phrases, recovered_trees
from gansurrogate.fidelity.measures.trained_on import memory, worth

MEASURES: Mapping[str, Measure] = {
    "parameters": parameters,
    "trees": trees,
    "spectral judge": spectral,
    "convolutional judge": convolutional,
    "raw judge": raw,
    "distributions": distributions,
    "neighbours": neighbours,
    "permutation tests": permutations,
    "conditions": conditions,
    "memory": memory,
    "worth": worth,
}
EXTRA: Mapping[str, Measure] = {
    "timegan": timegan,
    "context-fid": context_fid,
    "correlations": correlations,
    "calochallenge": calochallenge,
    "lenet": lenet,
}
MEASURES_OF_TOKENS: Mapping[str, Measure] = {
    "parameters": parameters,
    "trees": recovered_trees,
    "n-gram judge": phrases,
    "n-grams": ngrams,
    "lengths": lengths,
    "copies": copies,
    "worth": worth,
}
QUICK = ("parameters", "trees", "spectral judge", "convolutional judge")
