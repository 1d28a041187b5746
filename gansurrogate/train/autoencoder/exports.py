"""What a trained autoencoder is exported as, with the figures that its manifests keep."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from gansurrogate.conditions import Condition
from gansurrogate.fidelity.anomaly import QUANTILE, auc
from gansurrogate.fidelity.two_sample import trees_auc
from gansurrogate.spec import Axis, SignalSpec
from gansurrogate.train.autoencoder.density import CodeDensity
from gansurrogate.train.autoencoder.judge import Anomalies, encode, find_anomalies, first, residuals, white_noise
from gansurrogate.train.autoencoder.networks import Autoencoder
from gansurrogate.train.autoencoder.surrogates import CodesSurrogate, PartSurrogate
from gansurrogate.train.conditions import join
from gansurrogate.train.data import Part
from gansurrogate.train.trained import TrainedGenerator

if TYPE_CHECKING:
    from gansurrogate.train.autoencoder.game import AutoencoderGame

ENOUGH = 20_000  # training signals that fix the density of codes and the unit of anomaly scores
CODES = "codes"  # name of the condition that takes the codes to decode


def with_condition(spec: SignalSpec, condition: Condition) -> SignalSpec:
    """`spec` with one more condition."""
    return replace(spec, conditions=(*spec.conditions, condition))


def codes_surrogate(autoencoder: Autoencoder, training: Part, held_out: Part) -> CodesSurrogate:
    """Codes drawn as those of the training signals lie, and noise if held-out signals leave a residual like it."""
    known = autoencoder.conditions(training.conditions)
    density = CodeDensity(encode(autoencoder, training), known)
    surrogate = CodesSurrogate(autoencoder, density, white_noise(residuals(autoencoder, held_out)))
    return surrogate.to(autoencoder.mean.device)


def finish(game: "AutoencoderGame", training: dict[str, Any], fidelity: dict[str, Any]) -> TrainedGenerator:
    """The surrogate of a finished game, with its encoder, decoder and reconstruction as companions."""
    name, spec, autoencoder = game.recordings.name, game.recordings.spec, game.autoencoder
    trained_on = first(game.real, ENOUGH)
    surrogate = codes_surrogate(autoencoder, trained_on, game.kept_out)
    anomalies = find_anomalies(autoencoder, trained_on, game.kept_out, by_channel=game.recipe.scaling == "channel")
    training = {
        **training,
        "noise": "none: the residual is not white" if surrogate.noise is None else "white, at the residual's level",
        "anomaly": {
            "training_error": anomalies.error.tolist(), "threshold": anomalies.threshold, "quantile": QUANTILE,
        },
    }  # fmt: skip
    fidelity = {**fidelity, **_figures(game, anomalies), "codes_auc": _codes_auc(game, surrogate)}

    def companion(network: PartSurrogate, spec: SignalSpec, suffix: str) -> TrainedGenerator:
        return TrainedGenerator(f"{name}-{suffix}", spec, network, training, fidelity)

    codes = encode(autoencoder, trained_on)
    given = Condition(CODES, "", float(codes.min()), float(codes.max()), shape=(game.recipe.codes,))
    encoded = SignalSpec((game.recipe.codes,), axes=(Axis("code"),), conditions=game.reconstruction_spec.conditions)
    companions = {
        "encoder": companion(PartSurrogate(autoencoder, "encode"), encoded, "encoder"),
        "decoder": companion(PartSurrogate(autoencoder, "decode"), with_condition(spec, given), "decoder"),
        "reconstruction": companion(game.reconstruction, game.reconstruction_spec, "reconstruction"),
    }
    return TrainedGenerator(name, spec, surrogate, training, fidelity, companions)


def _figures(game: "AutoencoderGame", anomalies: Anomalies) -> dict[str, Any]:
    """PCA's error beside the autoencoder's, and how well each kind of corrupted signal is told from real ones."""
    n = len(game.kept_out.signals)
    pca = {"pca_rms": {"value": game.pca_errors[game.recipe.codes], "floor": game.floor, "n": n}}
    aucs = {
        f"anomaly_{kind}_auc": {"value": auc(anomalies.held_out, scores), "floor": anomalies.floor, "n": n}
        for kind, scores in anomalies.corrupted.items()
    }
    return pca | aucs


@torch.no_grad()
def _codes_auc(game: "AutoencoderGame", surrogate: CodesSurrogate) -> dict[str, Any]:
    """Can boosted trees tell codes drawn from the density from those of held-out signals?"""
    n, encoder = len(game.kept_out.signals), game.autoencoder
    # Drawn codes get the conditions of other real ones: at those of the held-out signals each would have a twin.
    other = game.real.rows(torch.arange(max(0, len(game.real.signals) - n), len(game.real.signals)))
    known, drawn_at = encoder.conditions(game.kept_out.conditions), encoder.conditions(other.conditions)
    normal = torch.randn(len(other.signals), game.recipe.codes, generator=torch.Generator().manual_seed(0))

    def table(codes: Tensor, conditions: Tensor | None) -> Any:
        return join(codes, conditions).numpy()

    real = table(encode(encoder, game.kept_out), known)
    drawn = table(surrogate.density(normal, drawn_at), drawn_at)
    floor = trees_auc(real, table(encode(encoder, other), drawn_at))
    return {"value": trees_auc(real, drawn).value, "floor": floor.value, "n": n}
