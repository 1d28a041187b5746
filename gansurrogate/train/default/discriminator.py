"""The discriminator: two dense heads on fixed views of a signal, their logits added."""

from torch import Tensor, nn

from gansurrogate.train.conditions import join
from gansurrogate.train.default.recipe import DefaultRecipe
from gansurrogate.train.networks import mlp


class Discriminator(nn.Module):
    """(views, encoded conditions) -> logit.

    The main head sees the trajectory only; a small one sees everything. A single wide head on all views
    would spend itself on the many views of noise.
    """

    def __init__(self, trajectory_size: int, views_size: int, conditions_size: int, recipe: DefaultRecipe) -> None:
        super().__init__()
        self.trajectory_size = trajectory_size
        leaky = {"negative_slope": 0.2}
        self.main = nn.Sequential(
            mlp(trajectory_size + conditions_size, recipe.head_width, recipe.head_depth, nn.LeakyReLU, **leaky),
            nn.Linear(recipe.head_width, 1),
        )
        self.noise = nn.Sequential(
            mlp(
                views_size + conditions_size,
                recipe.noise_head_width,
                recipe.noise_head_depth,
                nn.LeakyReLU,
                **leaky,
            ),
            nn.Linear(recipe.noise_head_width, 1),
        )

    def forward(self, views: Tensor, encoded: Tensor | None = None) -> Tensor:
        """Logits (n,) of views (n, views_size) and encoded conditions (n, conditions_size)."""
        trajectory = views[:, : self.trajectory_size]
        logits: Tensor = self.main(join(trajectory, encoded)) + self.noise(join(views, encoded))
        return logits[:, 0]
