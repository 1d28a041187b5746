"""The Frechet distance against closed forms, and Context-FID on windows with a known defect."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from gansurrogate.errors import ArgumentError
from gansurrogate.fidelity.context_fid import context_fid
from gansurrogate.fidelity.frechet import frechet_distance
from gansurrogate.fidelity.ts2vec import Encoder, TS2Vec, _contrast


def exact(n: int, mean: np.ndarray, root: np.ndarray) -> np.ndarray:
    """A table whose own mean and covariance root @ root.T are exactly those asked for."""
    table = np.random.default_rng(n).standard_normal((n, len(mean)))
    table -= table.mean(0)
    table = table @ np.linalg.inv(np.linalg.cholesky(np.cov(table, rowvar=False))).T
    return mean + table @ root.T


def test_distance_of_gaussians_whose_covariances_commute() -> None:
    a = exact(50, np.array([1.0, 2, 3]), np.diag([1.0, 2, 3]))
    b = exact(40, np.array([0.0, 2, 5]), np.diag([2.0, 2, 1]))
    assert frechet_distance(a, b) == pytest.approx((1 + 0 + 4) + (1 + 0 + 4))  # of means, of standard deviations


def test_distance_agrees_with_scipy_s_square_root() -> None:
    random = np.random.default_rng(0)
    a, b = (exact(60, random.standard_normal(4), random.standard_normal((4, 4))) for _ in range(2))
    first, second = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    crossed = np.trace(sqrtm(first @ second)).real
    truth = np.square(a.mean(0) - b.mean(0)).sum() + np.trace(first) + np.trace(second) - 2 * crossed
    assert frechet_distance(a, b) == pytest.approx(truth)


def test_distance_stands_singular_covariances_and_single_columns() -> None:
    few = np.random.default_rng(0).standard_normal((10, 64))
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-4)
    assert frechet_distance(few[:, :1], few[:, :1] + 2) == pytest.approx(4)


@pytest.mark.parametrize("shapes", [((9, 3), (9, 4)), ((1, 3), (9, 3)), ((9,), (9,))])
def test_tables_that_do_not_compare_are_refused(shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ArgumentError, match="two tables"):
        frechet_distance(*(np.zeros(shape) for shape in shapes))


def test_the_encoder_s_short_cut_for_wide_dilations_changes_nothing() -> None:
    torch.manual_seed(0)
    encoder = Encoder(3).eval()
    x = torch.rand(2, 9, 3)
    plain = encoder.enter(x).transpose(1, 2)
    for block in encoder.blocks:
        h = torch.nn.functional.gelu(plain)
        for layer in (block.first, block.second):
            padded = torch.nn.functional.pad(h, (block.dilation, block.dilation))
            h = torch.nn.functional.conv1d(padded, layer.weight, layer.bias, dilation=block.dilation)
            h = torch.nn.functional.gelu(h) if layer is block.first else h
        plain = h + block.project(plain)
    torch.testing.assert_close(encoder(x), plain.transpose(1, 2))


def test_the_contrast_is_the_cross_entropy_of_the_partner_among_all_others() -> None:
    random = np.random.default_rng(0)
    a, b = random.standard_normal((2, 1, 3, 5))
    members = np.concatenate([a[0], b[0]])
    alike = members @ members.T
    loss = [np.log(sum(np.exp(alike[i, j]) for j in range(6) if j != i)) - alike[i, (i + 3) % 6] for i in range(6)]
    assert float(_contrast(torch.from_numpy(a), torch.from_numpy(b))) == pytest.approx(np.mean(loss))


def waves(seed: int, noise: float, n: int = 150) -> np.ndarray:
    random = np.random.default_rng(seed)
    phase = random.uniform(0, 2 * np.pi, (n, 2, 1))
    return np.sin(0.4 * np.arange(12) + phase) + noise * random.standard_normal((n, 2, 12))


def test_context_fid_grows_with_a_defect_and_leaves_the_caller_s_randomness_alone() -> None:
    real = waves(0, 0.1)
    before = torch.get_rng_state()
    same, noisy, noisier = (
        context_fid(real, waves(1, noise), repeats=1, iterations=15).value for noise in (0.1, 0.2, 0.4)
    )
    assert torch.equal(torch.get_rng_state(), before)
    assert 0 < 2 * same < noisy < noisier / 2
    torch.manual_seed(5)
    assert context_fid(real, waves(1, 0.1), repeats=1, iterations=15).value == same


def test_too_few_windows_are_refused() -> None:
    with pytest.raises(ArgumentError, match="at least 8 windows"):
        TS2Vec(np.zeros((7, 12, 2), np.float32))
