import numpy as np
import pytest
import torch

from gansurrogate.train.gan.losses import GENERATOR_LOSSES, discriminator_loss, minimax, non_saturating

REAL, FAKE = torch.tensor([2.0, 0.0, -1.0]), torch.tensor([0.0, 0.5, 3.0])


def d(logit: torch.Tensor) -> np.ndarray:
    return 1 / (1 + np.exp(-logit.numpy().astype(np.float64)))


def test_the_discriminators_loss_is_minus_the_value_of_the_game() -> None:
    value = np.mean(np.log(d(REAL))) + np.mean(np.log(1 - d(FAKE)))
    assert discriminator_loss(REAL, FAKE).item() == pytest.approx(-value, rel=1e-6)


def test_the_discriminators_loss_is_the_binary_cross_entropy_of_both_sides() -> None:
    entropy = torch.nn.BCELoss()
    expected = entropy(REAL.sigmoid(), torch.ones(3)) + entropy(FAKE.sigmoid(), torch.zeros(3))
    assert discriminator_loss(REAL, FAKE).item() == pytest.approx(expected.item(), rel=1e-6)


def test_the_generators_losses_are_those_of_equation_1_and_of_section_3() -> None:
    assert minimax(FAKE).item() == pytest.approx(np.mean(np.log(1 - d(FAKE))), rel=1e-6)
    assert non_saturating(FAKE).item() == pytest.approx(-np.mean(np.log(d(FAKE))), rel=1e-6)


def test_where_the_discriminator_says_one_half_the_game_stands_at_twice_ln_2() -> None:
    undecided = torch.zeros(5)
    assert discriminator_loss(undecided, undecided).item() == pytest.approx(2 * np.log(2), rel=1e-6)
    assert minimax(undecided).item() == pytest.approx(-np.log(2), rel=1e-6)
    assert non_saturating(undecided).item() == pytest.approx(np.log(2), rel=1e-6)


@pytest.mark.parametrize(
    ("loss", "slope"), [(minimax, lambda out: -out), (non_saturating, lambda out: -(1 - out))], ids=["minimax", "ns"]
)
def test_the_slope_vanishes_for_minimax_where_the_discriminator_wins_and_not_for_the_other(loss, slope) -> None:
    logits = torch.tensor([-8.0, -1.0, 0.0, 1.0, 8.0], requires_grad=True)
    loss(logits).backward()
    np.testing.assert_allclose(5 * logits.grad.numpy(), slope(d(logits.detach())), rtol=1e-5)


@pytest.mark.parametrize("loss", GENERATOR_LOSSES.values(), ids=GENERATOR_LOSSES)
def test_huge_logits_give_a_finite_loss(loss) -> None:
    assert torch.isfinite(loss(torch.tensor([1e4, -1e4])))
    assert torch.isfinite(discriminator_loss(torch.tensor([-1e4]), torch.tensor([1e4])))
