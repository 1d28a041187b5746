"""How many codes do signals need? Short trainings with several, beside as many principal components."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gansurrogate.train.autoencoder.game import AutoencoderGame
from gansurrogate.train.autoencoder.recipe import AutoencoderRecipe
from gansurrogate.train.recordings import Recordings

ONE_BY_ONE = 8  # numbers of codes up to this are all tried, larger ones by doubling


@dataclass(frozen=True)
class Sweep:
    """Held-out reconstruction errors against the number of codes.

    Attributes
    ----------
    codes : list of int
    autoencoder, pca : list of float
        Root mean square of the residual, in the signals' unit.
    nothing : float
        The same without any code: the spread of the signals about their mean.
    floor : float
        The noise floor.
    share : float
        Of the variance above the noise floor that the suggested number of codes has to explain.
    """

    codes: list[int]
    autoencoder: list[float]
    pca: list[float]
    nothing: float
    floor: float
    share: float

    @property
    def explained(self) -> list[float]:
        """Share of the variance above the noise floor that each autoencoder explains."""
        above = max(self.nothing**2 - self.floor**2, 1e-12 * self.nothing**2)  # nothing is above in pure noise
        return [1 - max(0.0, error**2 - self.floor**2) / above for error in self.autoencoder]

    @property
    def suggested(self) -> int | None:
        """The fewest codes that explain the share asked for; None if no number tried does."""
        pairs = zip(self.codes, self.explained, strict=True)
        return next((codes for codes, explained in pairs if explained >= self.share), None)

    @property
    def advice(self) -> str:
        """The suggestion and its reason."""
        what = f"{100 * self.share:g} % of the variance above the noise floor"
        if self.suggested is None:
            return f"none of these explains {what}: try more, or ask for less"
        return f"suggested: {self.suggested}, the fewest that explain {what}"

    def to_dict(self) -> dict[str, Any]:
        """The sweep as plain JSON values."""
        return {**vars(self), "explained": self.explained, "suggested": self.suggested}


def sweep_codes(
    recordings: Recordings,
    recipe: AutoencoderRecipe,
    *,
    up_to: int = 16,
    steps: int = 600,
    share: float = 0.99,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Sweep:
    """Train an autoencoder for `steps` with each of several numbers of codes.

    Parameters
    ----------
    recordings : Recordings
    recipe : AutoencoderRecipe
        Its `codes` are replaced.
    up_to : int
        The most codes to try; never more than there are principal components.
    steps : int
        Of each training, annealed over them.
    share : float
        Of the variance above the noise floor that the suggested number of codes has to explain.
    seed : int
        Of weights and batches.
    progress : callable
        Called with the number of trainings done and wanted.
    """
    tried: list[int] = []
    autoencoder: list[float] = []
    game = AutoencoderGame(recordings, replace(recipe, codes=1), seed)
    wanted = numbers(min(up_to, game.pca.rank))
    for codes in wanted:
        progress(len(tried), len(wanted))
        game = AutoencoderGame(recordings, replace(game.recipe, codes=codes), seed, game.pca)
        for step in range(steps):
            game.move(step, step / steps)
        tried.append(codes)
        autoencoder.append(game.test())
    assert game.floor is not None
    base = game.pca_errors
    return Sweep(tried, autoencoder, [base[codes] for codes in tried], base[0], game.floor, share)


def numbers(up_to: int) -> list[int]:
    """One by one at first, then by doubling, and `up_to`."""
    doubled = [2**k for k in range(4, up_to.bit_length())]
    return sorted({*range(1, min(up_to, ONE_BY_ONE) + 1), *doubled, up_to})
