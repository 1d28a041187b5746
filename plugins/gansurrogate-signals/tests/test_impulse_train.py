"""What the generator draws, and what the features find again."""

import numpy as np
from gansurrogate_signals import ImpulseTrain
from scipy.stats import kstest


def test_the_features_find_the_law_again() -> None:
    generator = ImpulseTrain()
    signals = generator.sample(2000, rng=1)
    found = generator.features(signals)
    assert kstest((found["period"] - 45) / 30, "uniform").statistic < 0.12  # some impulses hide others
    # Between the impulses' own frequencies there is only the noise.
    assert abs(np.exp(np.median(found["power130"]) / 2) - 0.15) < 0.006
    assert all(np.isfinite(values).all() for values in found.values())


def test_impulses_come_at_all_times_alike() -> None:
    signals = ImpulseTrain().sample(6000, rng=2)
    power = signals.var(0).reshape(8, 40).mean(1)
    assert power.std() / power.mean() < 0.03
