import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from gansurrogate.train.losses import discriminator_loss, energy_distance, generator_loss, gradient_penalty

REAL, FAKE = torch.tensor([2.0, 0.0, -1.0]), torch.tensor([0.0, 0.5, 3.0])


def test_discriminator_loss_is_the_mean_softplus_of_fake_minus_real() -> None:
    expected = np.mean(np.log1p(np.exp([-2.0, 0.5, 4.0])))
    assert discriminator_loss(REAL, FAKE).item() == pytest.approx(expected, rel=1e-6)


def test_generator_loss_is_the_mean_softplus_of_real_minus_fake() -> None:
    expected = np.mean(np.log1p(np.exp([2.0, -0.5, -4.0])))
    assert generator_loss(REAL, FAKE).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("loss", [discriminator_loss, generator_loss])
def test_equal_logits_cost_ln_2(loss) -> None:
    assert loss(REAL, REAL).item() == pytest.approx(np.log(2), rel=1e-6)


@pytest.mark.parametrize("loss", [discriminator_loss, generator_loss])
def test_huge_logits_give_a_finite_loss(loss) -> None:
    assert torch.isfinite(loss(torch.tensor([1e4]), torch.tensor([-1e4])))


def test_gradient_penalty_of_a_linear_discriminator_is_its_squared_slope() -> None:
    slope = torch.tensor([3.0, -4.0])
    x = torch.randn(7, 2, generator=torch.Generator().manual_seed(0)).requires_grad_()
    assert gradient_penalty(x @ slope + 1, x).item() == pytest.approx(25, rel=1e-6)


def test_gradient_penalty_of_a_quadratic_discriminator_is_the_mean_squared_gradient() -> None:
    random = np.random.default_rng(1)
    form = random.standard_normal((3, 3))
    form = form + form.T
    x = random.standard_normal((5, 3))
    rows = torch.tensor(x).requires_grad_()
    logits = 0.5 * (rows @ torch.tensor(form) * rows).sum(1)
    assert gradient_penalty(logits, rows).item() == pytest.approx(((x @ form) ** 2).sum(1).mean())


def test_gradient_penalty_is_differentiable_in_the_discriminators_parameters() -> None:
    slope = torch.tensor([3.0, -4.0], requires_grad=True)
    x = torch.ones(4, 2, requires_grad=True)
    gradient_penalty(x @ slope, x).backward()
    np.testing.assert_allclose(slope.grad, [6.0, -8.0], rtol=1e-6)


@pytest.mark.parametrize("n", [5, 64])  # torch.cdist changes its method above 25 rows
def test_energy_distance_equals_the_brute_force_double_sum(n: int) -> None:
    random = np.random.default_rng(2)
    x, y = random.standard_normal((n, 4)), 0.5 + 1.5 * random.standard_normal((n, 4))
    across = cdist(x, y)[~np.eye(n, dtype=bool)]
    expected = 2 * across.mean() - (cdist(x, x).sum() + cdist(y, y).sum()) / (n * (n - 1))
    given = (torch.tensor(values, dtype=torch.float32) for values in (x, y))
    assert energy_distance(*given).item() == pytest.approx(expected, abs=2e-5)


def test_energy_distance_is_zero_in_the_mean_for_equal_distributions() -> None:
    random = torch.Generator().manual_seed(3)
    drawn = [energy_distance(torch.randn(8, 3, generator=random), torch.randn(8, 3, generator=random)).item()
             for _ in range(1000)]  # fmt: skip
    assert abs(np.mean(drawn)) < 4 * np.std(drawn) / np.sqrt(len(drawn))


def test_energy_distance_is_zero_in_the_mean_when_rows_share_their_conditions() -> None:
    random = torch.Generator().manual_seed(4)
    drawn = []
    for _ in range(500):
        condition = torch.randn(16, 1, generator=random)
        x, y = (torch.cat([condition, 0.1 * torch.randn(16, 2, generator=random)], 1) for _ in range(2))
        drawn.append(energy_distance(x, y).item())
    assert abs(np.mean(drawn)) < 4 * np.std(drawn) / np.sqrt(len(drawn))


def test_energy_distance_of_two_separated_points_is_twice_their_distance() -> None:
    assert energy_distance(torch.zeros(6, 2), torch.tensor([[3.0, 4.0]]).expand(6, 2)).item() == pytest.approx(10)


@pytest.mark.parametrize("n", [6, 64])
def test_energy_distance_has_a_finite_gradient_where_points_coincide(n: int) -> None:
    x = torch.zeros(n, 2, requires_grad=True)
    energy_distance(x, torch.ones(n, 2)).backward()
    assert torch.isfinite(x.grad).all()
    assert (x.grad < 0).all()
