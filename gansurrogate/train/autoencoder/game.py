"""The game of an autoencoder: it plays alone, against its own reconstruction error."""

from dataclasses import replace
from typing import Any, ClassVar

import torch
from torch.optim import Adam

from gansurrogate.conditions import Condition
from gansurrogate.errors import ArgumentError, RecordingsError
from gansurrogate.fidelity.anomaly import RECORDING
from gansurrogate.fidelity.randomness import own_randomness
from gansurrogate.train.autoencoder.exports import CODES, finish, with_condition
from gansurrogate.train.autoencoder.judge import residuals
from gansurrogate.train.autoencoder.networks import Autoencoder
from gansurrogate.train.autoencoder.pca import Pca, fitting_scaling, noise_floor, principal_components
from gansurrogate.train.autoencoder.pictures import draw
from gansurrogate.train.autoencoder.recipe import AutoencoderRecipe
from gansurrogate.train.autoencoder.surrogates import PartSurrogate
from gansurrogate.train.game import Game
from gansurrogate.train.networks import GeneratorNetwork
from gansurrogate.train.recordings import Recordings
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.schedules import cosine, warm_up
from gansurrogate.train.trained import TrainedGenerator


class AutoencoderGame(Game):
    """Encoder and decoder against the mean squared error of the reconstruction.

    Parameters
    ----------
    pca : Pca, optional
        Of the training signals, if it is known already.
    """

    measure: ClassVar[str] = "reconstruction_rms"
    keep_from: ClassVar[float] = 0.0  # few recordings may be learned by heart before the end

    def __init__(self, recordings: Recordings, recipe: AutoencoderRecipe, seed: int, pca: Pca | None = None) -> None:
        super().__init__(recordings, recipe, seed)
        if recipe.scaling == "auto":
            recipe = replace(recipe, scaling=fitting_scaling(self.kept_out.signals, recordings.spec))
        self.recipe: AutoencoderRecipe = recipe
        if taken := {RECORDING, CODES}.intersection(c.name for c in recordings.spec.conditions):
            msg = f"a condition is called {taken.pop()!r}, which an exported autoencoder calls its input: rename it"
            raise RecordingsError(msg)
        self.pca = pca or principal_components(self.real.signals, recipe.scaling)
        if recipe.codes > self.pca.rank:
            msg = f"there are {self.pca.rank} principal components; the recipe asks for {recipe.codes} codes"
            raise ArgumentError(msg)
        # Scaled by one number the errors are told in the signals' unit, else in standard deviations of a channel.
        self.unit = float(self.pca.scale[0]) if recipe.scaling == "whole" else 1.0
        errors = self.pca.errors(self.kept_out.signals)
        self.pca_errors: list[float] = (self.unit * errors).tolist()  # with 0, 1 ... components
        self.floor = self.unit * noise_floor(errors, len(self.pca.mean))
        signals = recordings.signals
        low, high = float(signals.min()), float(signals.max())
        recording = Condition(RECORDING, recordings.spec.unit, low, high, shape=recordings.spec.shape)
        self.reconstruction_spec = with_condition(recordings.spec, recording)
        with own_randomness(seed):
            self.autoencoder = Autoencoder(self.pca, recordings.spec.shape, recordings.spec.conditions, recipe)
        self.reconstruction = PartSurrogate(self.autoencoder, "reconstruct")
        self.parts = {"autoencoder": self.autoencoder}
        self.optimizer: Adam | None = None
        if weights := list(self.autoencoder.parameters()):
            self.optimizer = Adam(weights, recipe.learning_rate, fused=True)
            self.parts["optimizer"] = self.optimizer

    @property
    def network(self) -> GeneratorNetwork:
        """Encoder and decoder in a row."""
        return self.reconstruction

    def move(self, step: int, progress: float) -> dict[str, float]:
        """Encoder and decoder move once; the loss is in units of the signals' variance."""
        recipe, (real, _) = self.recipe, self.deal(self.recipe.batch_size)
        if self.optimizer is None:
            with torch.no_grad():
                return {"reconstruction": self.autoencoder(real.signals, *real.conditions).square().mean().item()}
        rate = cosine(progress, recipe.learning_rate_end) * warm_up(step, recipe.warm_up_steps)
        self.set_learning_rate(recipe.learning_rate * rate)
        loss = self.synchronised("autoencoder")(real.signals, *real.conditions).square().mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {"reconstruction": loss.item()}

    def test(self) -> float:
        """Root mean square of what the reconstruction leaves of held-out signals."""
        left = residuals(self.autoencoder, self.kept_out).flatten(1) / self.pca.scale
        return self.unit * float(left.square().mean().sqrt())

    def describe(self) -> dict[str, Any]:
        """How signals are scaled, and what there is to gain over principal components."""
        codes = self.recipe.codes
        base = f"{codes} principal components leave {self.pca_errors[codes]:.4g}, noise {self.floor:.4g}"
        return {"scaling": self.recipe.scaling, "base line": base}

    def draw(self, run: RunFolder, title: str) -> None:
        """Real signals beside generated ones and beside their reconstructions, the latent space, anomaly scores."""
        draw(self, run, title)

    def finish(self, training: dict[str, Any], fidelity: dict[str, Any]) -> TrainedGenerator:
        """The surrogate, with encoder, decoder and reconstruction as companions."""
        return finish(self, training, fidelity)
