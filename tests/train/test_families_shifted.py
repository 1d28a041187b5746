"""The family of pulses with random onsets: the look, the generator that starts from it, and the views."""

from pathlib import Path

import pytest
import torch
from gansurrogate_onnx import export
from torch import Tensor

import gansurrogate as gs
from gansurrogate.train import TrainedGenerator
from gansurrogate.train.default.onsets import Aligned, components_needed, look_at_onsets, parabola
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.default.shifted import ShiftedGenerator
from gansurrogate.train.default.shifted_views import BORDERS, ShiftedViews
from gansurrogate.train.trained import draw_latents

LENGTH, NOISE = 101, 0.05


def bells(centre: Tensor, size: Tensor, width: float = 4.0) -> Tensor:
    """Bells of `size` about `centre` (n,) [samples]."""
    return size[:, None] * torch.exp(-0.5 * ((torch.arange(LENGTH) - centre[:, None]) / width) ** 2)


@pytest.fixture(scope="module")
def truth() -> tuple[Tensor, Tensor, Tensor]:
    """Signals with the centres and sizes of their bells; the level between is 2."""
    random = torch.Generator().manual_seed(0)
    centre, size = 20 + 55 * torch.rand(1500, generator=random), 0.7 + 0.6 * torch.rand(1500, generator=random)
    noise = torch.randn(1500, LENGTH, generator=random)
    return 2 + bells(centre, size) + NOISE * noise, centre, size


@pytest.fixture(scope="module")
def aligned(truth) -> Aligned:
    return look_at_onsets(truth[0])


@pytest.fixture(scope="module")
def generator(aligned: Aligned, recipe: DefaultRecipe) -> ShiftedGenerator:
    torch.manual_seed(0)
    return ShiftedGenerator(aligned, (), recipe)


def drawn(generator: ShiftedGenerator, n: int) -> Tensor:
    with torch.no_grad():
        return generator(draw_latents(generator.latents, n, torch.Generator().manual_seed(2)))


def test_a_parabola_has_its_top_where_it_is() -> None:
    place = torch.tensor([3.3, 6.8])
    values = -((torch.arange(11) - place[:, None]) ** 2)
    torch.testing.assert_close(parabola(values, values.argmax(1)), place)


def test_aligned_bells_need_one_component(truth) -> None:
    raw, aligned = components_needed(truth[0])
    assert raw > 4 * aligned


def test_the_look_finds_the_shifts_and_the_noise(truth, aligned: Aligned) -> None:
    _, centre, size = truth
    error = aligned.shifts - centre
    # A bell of height 1 and width 4 in noise of 0.05 is placed to 0.05 / sqrt(sum of squared slopes) = 0.08 samples.
    assert (error - error.median()).abs().median() < 0.15
    assert aligned.floor == pytest.approx(NOISE, rel=0.03)
    assert aligned.base == pytest.approx(2, abs=0.02)
    assert torch.corrcoef(torch.stack([aligned.coefficients[:, 0].abs(), size]))[0, 1] > 0.95


def test_the_generator_starts_with_pulses_like_the_real_ones(truth, generator: ShiftedGenerator) -> None:
    real, fake = truth[0], drawn(generator, 3000)
    torch.testing.assert_close(fake.mean(0), real.mean(0), atol=0.06, rtol=0)
    assert float(fake.max(1).values.median()) == pytest.approx(float(real.max(1).values.median()), abs=0.1)
    # Where they come: the quantile function.
    places = [signals.argmax(1).float().quantile(torch.tensor([0.1, 0.5, 0.9])) for signals in (real, fake)]
    torch.testing.assert_close(*places, atol=4.0, rtol=0)


def test_a_later_pulse_is_the_same_pulse_later(generator: ShiftedGenerator) -> None:
    """A fraction of a sample too: between two whole shifts the signal is between them, by straight lines."""
    latent = draw_latents(generator.latents, 1, torch.Generator().manual_seed(1))
    latent[:, generator.latent_size :] = 0  # no noise
    start = generator.quantiles.clone()
    signals = []
    with torch.no_grad():
        for shift in (50.0, 53.0, 51.5):
            generator.quantiles.fill_(shift)
            signals.append(generator(latent)[0])
        generator.quantiles.copy_(start)
    torch.testing.assert_close(signals[1][3:], signals[0][:-3], atol=1e-5, rtol=0)
    assert float((signals[2] - signals[0]).abs().max()) < float((signals[1] - signals[0]).abs().max())


def test_views_find_the_shift_and_lead_to_it(truth, aligned: Aligned, recipe: DefaultRecipe) -> None:
    signals, centre, size = truth
    views = ShiftedViews(aligned, recipe, signals)
    seen = views(signals)
    assert seen.shape[1] == views.size > views.trajectory_size > views.leading
    assert torch.corrcoef(torch.stack([seen[:, 0], centre]))[0, 1] > 0.999
    # The first view follows the pulse: its slope is that of the shift itself.
    moved = centre[:50].clone().requires_grad_()
    views(2 + bells(moved, size[:50]))[:, 0].sum().backward()
    torch.testing.assert_close(moved.grad, torch.full((50,), 1 / float(aligned.shifts.std())), rtol=0.2, atol=0)


def test_views_see_where_in_the_pulse_the_residual_is(truth, aligned: Aligned, recipe: DefaultRecipe) -> None:
    signals, centre, _ = truth
    views = ShiftedViews(aligned, recipe, signals)
    late = signals.scatter_add(1, (centre + 3).round().long()[:, None], torch.full((len(signals), 1), 0.2))
    change = (views.raw(late)[1] - views.raw(signals)[1]).mean(0)[-len(BORDERS) : -1]  # the last view is another
    place = 3 + float((centre - aligned.shifts).median()) - views.steepest
    assert abs(BORDERS[int(change.argmax())] - place) < 1.5


def test_the_generator_exports(generator: ShiftedGenerator, tmp_path: Path) -> None:
    """The export itself compares with PyTorch and checks that rows do not depend on how they are cut."""
    file = tmp_path / "bells.onnx"
    export(TrainedGenerator("bells", gs.SignalSpec((LENGTH,)), generator), file, tile=64)
    assert gs.load(file).sample(5, rng=1).shape == (5, LENGTH)
