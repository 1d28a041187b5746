"""How many codes signals need, and how codes are drawn."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.stats import ks_2samp

from gansurrogate.train import Recordings, find_recipe
from gansurrogate.train.autoencoder.density import CodeDensity
from gansurrogate.train.autoencoder.recipe import AutoencoderRecipe
from gansurrogate.train.autoencoder.sweep import Sweep, numbers, sweep_codes

RECIPE = find_recipe("autoencoder").changed({"width": 32, "batch_size": 64})
assert isinstance(RECIPE, AutoencoderRecipe)


def test_the_sweep_suggests_the_latent_dimension(sheet: Callable[..., Recordings]) -> None:
    told: list[tuple[int, int]] = []
    sweep = sweep_codes(sheet(), RECIPE, up_to=4, steps=600, progress=lambda *step: told.append(step))
    assert sweep.suggested == 2
    assert "suggested: 2, the fewest that explain 99 %" in sweep.advice
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert sweep.floor == pytest.approx(0.05, rel=0.03)
    assert sweep.pca[3] == pytest.approx(sweep.floor, rel=0.1)  # four components hold the sheet, three do not
    assert sweep.pca[2] > 3 * sweep.floor


def test_no_number_is_suggested_where_none_explains_enough() -> None:
    sweep = Sweep([1, 2], [3.0, 2.0], [3.5, 3.0], nothing=4.0, floor=1.0, share=0.9)
    assert sweep.explained == pytest.approx([1 - 8 / 15, 1 - 3 / 15])
    assert sweep.suggested is None
    assert "none of these explains 90 %" in sweep.advice
    assert Sweep(**{**vars(sweep), "share": 0.8}).suggested == 2


def test_numbers_of_codes_grow_by_doubling() -> None:
    assert numbers(1) == [1]
    assert numbers(5) == [1, 2, 3, 4, 5]
    assert numbers(40) == [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 40]


def test_drawn_codes_have_the_distribution_of_given_ones() -> None:
    random = torch.Generator().manual_seed(0)
    normal = torch.randn(20_000, 2, generator=random)
    one, other = normal[:, 0], 0.8 * normal[:, 0] + 0.6 * normal[:, 1]
    codes = torch.stack([one.exp(), torch.special.ndtr(other)], 1)  # log-normal and uniform, with a normal copula
    density = CodeDensity(codes, None)
    drawn = density(torch.randn(20_000, 2, generator=random), None)
    for i in range(2):
        assert ks_2samp(drawn[:, i], codes[:, i]).statistic < 0.02
    back = [drawn[:, 0].log(), torch.special.ndtri(drawn[:, 1].clamp(1e-6, 1 - 1e-6))]
    assert np.corrcoef(*[x.numpy() for x in back])[0, 1] == pytest.approx(0.8, abs=0.02)
    assert drawn.min(0).values.ge(codes.min(0).values).all()
    assert drawn.max(0).values.le(codes.max(0).values + 1e-4).all()


def test_drawn_codes_follow_the_conditions() -> None:
    random = torch.Generator().manual_seed(0)
    known = torch.rand(5000, 1, generator=random) * 2 - 1
    codes = 3 * known + 0.5 * torch.randn(5000, 1, generator=random)
    drawn = CodeDensity(codes, known)(torch.randn(5000, 1, generator=random), known)
    assert np.corrcoef(drawn[:, 0], known[:, 0])[0, 1] == pytest.approx(
        np.corrcoef(codes[:, 0], known[:, 0])[0, 1], abs=0.02
    )
