"""What the training of a GAN shows of itself: a picture now and then, all of them as an animation, and galleries."""

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imsave
from PIL import Image

from gansurrogate.fidelity import plots
from gansurrogate.files import atomic_write
from gansurrogate.signals import FloatArray
from gansurrogate.train.gan.density import density
from gansurrogate.train.run_folder import RunFolder
from gansurrogate.train.trained import generate

if TYPE_CHECKING:
    from gansurrogate.train.gan.game import GanGame

SHOWN = 1000  # signals on each side of a comparison
TILES = 64  # images in a grid
SINGLES = 10  # images in a file of their own
FRAMES = 200  # of the animation, at most
FRAME_MS = 150


def draw(game: "GanGame", run: RunFolder, title: str) -> None:
    """Write the pictures of this step.

    ``signals.png`` (real beside generated; of signals of one value ``density.png``), ``gallery.png`` (generated ones),
    ``progress/STEP.png`` and ``progress.gif`` (all of those); of images also ``images/0.png`` to ``9.png``.
    """
    spec, n = game.recordings.spec, min(SHOWN, len(game.kept_out.signals))
    real = game.kept_out.signals[:n].numpy()
    generated = generate(game.network, [condition[:n] for condition in game.kept_out.conditions], n)
    frame = f"progress/{game.step:07d}.png"
    if plots.is_image(spec):
        limits = (float(real.min()), float(real.max()))
        run.save_signals(real, generated, spec, title)
        _save_image(run, frame, plots.mosaic(generated[:TILES]), limits)
        for number, image in enumerate(generated[:SINGLES]):
            _save_image(run, f"images/{number}.png", image.reshape(spec.shape[-2:]), limits)
    else:
        one_value = real[0].size == 1
        figure: Figure = density(game, title) if one_value else plots.compare(real, generated, spec, title)
        run.save_figure("density.png" if one_value else "signals.png", figure, dpi=90)
        run.save_figure(frame, figure, dpi=50)
    if real[0].size > 1:
        run.save_figure("gallery.png", plots.gallery(generated, spec, title), dpi=80)
    _save_animation(run)


def _save_image(run: RunFolder, name: str, image: FloatArray, limits: tuple[float, float]) -> None:
    """Write an image of shape (height, width), a pixel for each value."""
    path = run.path / name
    path.parent.mkdir(exist_ok=True)
    with atomic_write(path) as file:
        imsave(file, image, cmap="gray", vmin=limits[0], vmax=limits[1], format="png")


def _save_animation(run: RunFolder) -> None:
    """Write the pictures of ``progress/`` one after the other, evenly chosen where there are many."""
    paths = sorted((run.path / "progress").glob("*.png"))
    chosen = np.unique(np.linspace(0, len(paths) - 1, min(len(paths), FRAMES)).round().astype(int))
    frames = []
    for number in chosen:
        with Image.open(paths[number]) as picture:
            frames.append(picture.convert("P", palette=Image.Palette.ADAPTIVE))
    with atomic_write(run.path / "progress.gif") as file:
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0)
