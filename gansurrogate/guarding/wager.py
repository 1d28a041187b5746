"""Testing by betting: a gambler's wealth is the evidence against a fair game, at whatever time one looks.

S. Shekhar and A. Ramdas, "Nonparametric two-sample testing by betting" (IEEE Transactions on Information Theory 70,
2024); A. Podkopaev and A. Ramdas, "Sequential predictive two-sample and independence testing" (NeurIPS 2023).
"""

import numpy as np
from numpy.typing import NDArray

BETTORS = 16


class Wager:
    """Bets that predictions are right more often than they should be.

    Let each prediction be right with a probability of at most `chance`, whatever came before. A bettor who believes in
    some p > `chance` multiplies the stake by p / chance if the prediction is right and by (1 - p) / (1 - chance) if it
    is wrong: by 1 on average, or less. So wealth is a supermartingale that begins at 1, and by Ville's inequality it
    ever reaches 1 / alpha with a probability of alpha at most.

    The money is spread over 16 values of p, and over the pairs to begin with: the s-th is given the share
    1 / (s (s + 1)), so that a game that turns unfair late is noticed as well. Averages of such wealths are one again.

    Attributes
    ----------
    right, wrong : int
        Predictions so far.
    wealth : float
    """

    def __init__(self, chance: float = 0.5) -> None:
        p = chance + (1 - chance) * (np.arange(BETTORS) + 0.5) / BETTORS
        self._gain: NDArray[np.float64] = np.stack([(1 - p) / (1 - chance), p / chance])  # if wrong, if right
        self._stakes = np.zeros(BETTORS)
        self.right = self.wrong = 0
        self.wealth = 1.0

    def bet(self, right: bool) -> float:
        """The wealth after one more prediction."""
        t = self.right + self.wrong + 1
        self._stakes += 1 / (t * (t + 1) * BETTORS)
        self._stakes *= self._gain[int(right)]
        self.right += right
        self.wrong += not right
        self.wealth = float(self._stakes.sum()) + 1 / (t + 1)
        return self.wealth
