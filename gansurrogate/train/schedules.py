"""Learning rate, penalty weight and averaging as functions of training progress in [0, 1] or the step."""

import math


def cosine(progress: float, end: float) -> float:
    """From 1 down to `end` along half a cosine."""
    return end + (1 - end) * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))


def warm_up(step: int, steps: int) -> float:
    """From 0 to 1 over the first `steps` steps: Adam's second moments settle before large moves."""
    return min(1.0, (step + 1) / steps)


def log_linear(progress: float, start: float, end: float, until: float) -> float:
    """From `start` to `end`, a straight line in the logarithm, reached at progress `until`."""
    return float(start * (end / start) ** min(1.0, progress / until))


def ema_decay(step: int, decay: float) -> float:
    """Averaging weight: short memory at first, so that the start is forgotten, then `decay`."""
    return min(decay, (step + 1) / (step + 10))
