"""SimPy: how often does a counter trigger? Particles come at random, each leaves a signal, reading one out takes time.

python simpy_trigger.py noisy-sine.onnx
"""

import sys
from typing import Any

import numpy as np
import simpy

import gansurrogate as gs


class Counter:
    """Reads out a signal that rises above `threshold` [in the spec's unit], and is blind for `dead_time` [s] then."""

    def __init__(self, env: Any, sampler: gs.Sampler, threshold: float, dead_time: float, seed: int) -> None:
        self.env, self.sampler, self.threshold, self.dead_time, self.seed = env, sampler, threshold, dead_time, seed
        self.particles, self.triggers = 0, 0

    def arrivals(self, rate: float) -> Any:
        """Particles at `rate` [Hz]; the i-th one leaves row i of the stream."""
        gaps, free_again = np.random.default_rng(self.seed), 0.0
        while True:
            yield self.env.timeout(gaps.exponential(1 / rate))
            signal = self.sampler.sample(1, rng=self.seed, start=self.particles)[0]
            self.particles += 1
            if self.env.now >= free_again and signal.max() > self.threshold:
                self.triggers += 1
                free_again = self.env.now + self.dead_time


def trigger_rate(
    sampler: gs.Sampler, rate: float, threshold: float, dead_time: float, duration: float, seed: int
) -> Counter:
    """Run the counter for `duration` [s]."""
    env = simpy.Environment()
    counter = Counter(env, sampler, threshold, dead_time, seed)
    env.process(counter.arrivals(rate))
    env.run(until=duration)
    return counter


if __name__ == "__main__":
    surrogate, simulator = gs.load(sys.argv[1]), gs.signal_generator("noisy-sine")
    samplers: tuple[gs.Sampler, ...] = (surrogate, simulator, gs.guard(surrogate, simulator))
    for sampler in samplers:  # the surrogate, what it stands for, and both: the same program
        counter = trigger_rate(sampler, rate=1e3, threshold=12, dead_time=1e-3, duration=2, seed=7)
        print(f"{counter.particles} particles, {counter.triggers / 2:.0f} triggers per second")
