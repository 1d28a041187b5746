import numpy as np
import pytest

import gansurrogate as gs
from gansurrogate.fidelity import plots

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((28, 28), True), ((1, 28, 28), True), ((16, 32), True), ((300,), False), ((2, 32), False), ((24, 6), False),
     ((12, 400), False), ((1,), False), ((3, 28, 28), False)],
)  # fmt: skip
def test_two_axes_of_similar_size_make_an_image_and_channels_do_not(shape: tuple[int, ...], expected: bool) -> None:
    assert plots.is_image(gs.SignalSpec(shape)) is expected


@pytest.mark.parametrize("shape", [(8, 10), (1, 8, 10)])
def test_a_mosaic_holds_the_images_row_by_row(shape: tuple[int, ...]) -> None:
    images = RANDOM.random((7, *shape))
    square = plots.mosaic(images)
    assert square.shape == (3 * 9, 3 * 11)
    np.testing.assert_array_equal(square[1:9, 1:11], images[0].reshape(8, 10))
    np.testing.assert_array_equal(square[10:18, 23:33], images[5].reshape(8, 10))
    assert (square[:, ::11] == images.min()).all()  # between them


def test_images_are_compared_as_grids_on_the_scale_of_the_real_ones() -> None:
    real, surrogate = RANDOM.random((50, 12, 12)), 3 * RANDOM.random((50, 12, 12))
    left, right, *below = plots.compare(real, surrogate, gs.SignalSpec((12, 12)), "images").axes
    for axes, images in ((left, real), (right, surrogate)):
        (shown,) = axes.get_images()
        np.testing.assert_array_equal(shown.get_array(), plots.mosaic(images[:36]))
        assert shown.get_clim() == (real.min(), real.max())
    assert [len(axes.get_images()) for axes in below] == [0, 0]


def test_curves_are_compared_as_curves() -> None:
    real, surrogate = RANDOM.random((50, 2, 40)), RANDOM.random((50, 2, 40))
    axes = plots.compare(real, surrogate, gs.SignalSpec((2, 40)), "curves").axes
    assert len(axes) == 10
    np.testing.assert_array_equal(axes[3].lines[1].get_ydata(), surrogate[1, 1])


@pytest.mark.parametrize("shape", [(40,), (12, 12)])
def test_a_gallery_shows_nine_signals(shape: tuple[int, ...]) -> None:
    axes = plots.gallery(RANDOM.random((50, *shape)), gs.SignalSpec(shape), "gallery").axes
    assert [len(ax.lines) + len(ax.get_images()) for ax in axes] == [1] * 9


def test_the_outputs_of_a_discriminator_are_drawn_beside_one_half() -> None:
    rows = [
        {"step": i, "progress": 0.1, "seconds": 1.0, "discriminator": 2.0, "D(x)": 0.7, "auc": None} for i in range(3)
    ]
    losses, outputs, _ = plots.curves(rows, "auc", 0.5).axes
    assert [line.get_label() for line in losses.lines] == ["2 ln 2", "discriminator", "ln 2: cannot tell them apart"]
    assert [line.get_label() for line in outputs.lines] == ["D(x)", "1/2"]
    assert set(outputs.lines[1].get_ydata()) == {0.5}
    rows = [{name: value for name, value in row.items() if name != "D(x)"} for row in rows]
    assert len(plots.curves(rows, "auc", 0.5).axes) == 2
