"""A surrogate travels to other processes as its file; the session is made anew there."""

import copy
import pickle

import numpy as np

import gansurrogate as gs

GIVEN = {"energy": 100.0, "kind": "b"}


def test_a_pickled_surrogate_gives_the_same_rows(golden: gs.Surrogate) -> None:
    there = pickle.loads(pickle.dumps(golden))
    assert there is not golden
    assert (there.manifest, there.threads, there.providers) == (golden.manifest, golden.threads, golden.providers)
    np.testing.assert_array_equal(
        there.sample(70, conditions=GIVEN, rng=3), golden.sample(70, conditions=GIVEN, rng=3), strict=True
    )


def test_a_deep_copy_gives_the_same_rows(golden: gs.Surrogate) -> None:
    np.testing.assert_array_equal(
        copy.deepcopy(golden).sample(5, conditions=GIVEN, rng=3), golden.sample(5, conditions=GIVEN, rng=3)
    )


def test_a_pickle_opens_in_a_process_without_torch(golden: gs.Surrogate, tmp_path, run_python) -> None:
    (tmp_path / "surrogate.pickle").write_bytes(pickle.dumps(golden))
    program = """
import pickle, sys
sys.modules["torch"] = None
surrogate = pickle.load(open(sys.argv[1], "rb"))
print(float(surrogate.sample(3, conditions={"energy": 100.0, "kind": "b"}, rng=3).sum()))
"""
    expected = float(golden.sample(3, conditions=GIVEN, rng=3).sum())
    assert float(run_python(program, tmp_path / "surrogate.pickle").stdout) == expected
