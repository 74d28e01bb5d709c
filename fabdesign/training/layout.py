"""What makes a relief hard to print, as penalties that layers in training can lower.

Both speak of the relaxed levels, and become exact where every pixel has decided for one.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import max_pool2d, pad

from fabdesign.config import Project
from fabdesign.errors import ConfigError
from fabdesign.process import LevelTable, Profile
from fabdesign.quantise import Relaxed


def step_penalty(height_um: Float[Tensor, "layer y x"], free_um: float, unit_um: float) -> Float[Tensor, ""]:
    """Return the mean over all pairs of neighbours of ``(max(0, |Δh| - free)/unit)²``.

    Args:
        height_um: mean heights of the relaxed pixels.
        free_um: step that costs nothing.
        unit_um: step beyond it that costs 1.

    >>> float(step_penalty(torch.tensor([[[0.0, 0.5], [0.0, 0.5]]]), 0.0, 1.0))
    0.125
    """
    steps = torch.cat([height_um.diff(dim=axis).flatten() for axis in (1, 2)])
    if not len(steps):
        return height_um.sum() * 0
    return ((steps.abs() - free_um).clamp_min(0) / unit_um).square().mean()


def feature_penalty(weights: Float[Tensor, "level layer y x"], solid: int, space: int) -> Float[Tensor, ""]:
    """Return the share of pixels that lie in a feature or gap which is narrower than it may be.

    Level plane k holds the pixels at level k or above, ``s_k = Σ_{j ≥ k} w_j``. What an opening with a line
    of ``solid`` pixels takes away of it is too narrow to stand; what a closing with a line of ``space``
    pixels adds is too narrow to stay open. Both are taken along x and along y, and averaged over directions,
    planes and pixels (opening and closing: Serra, Image Analysis and Mathematical Morphology, 1982).

    Args:
        weights: shares of the levels, the lowest first.
        solid: narrowest feature in pixels.
        space: narrowest gap in pixels.

    >>> board = (torch.arange(4)[:, None] + torch.arange(4)) % 2.0
    >>> float(feature_penalty(torch.stack([1 - board, board])[:, None], 2, 2))
    1.0
    """
    planes = weights.flip(0).cumsum(0).flip(0)[1:].flatten(0, 1)
    lost = planes.new_zeros(())
    for along in (planes, planes.transpose(1, 2)):
        lost = lost + (along - _opened(along, solid)).mean()
        lost = lost + (along - (1 - _opened(1 - along, space))).neg().mean()
    return lost / 2


@dataclass(frozen=True)
class Layout:
    """The penalties of a project.

    Args:
        step_weight: weight of :func:`step_penalty`.
        step_um: step that costs nothing.
        turn_um: height of a full turn of phase: a step that costs 1.
        feature_weight: weight of :func:`feature_penalty`.
        solid: narrowest feature in pixels.
        space: narrowest gap in pixels.
    """

    step_weight: float
    step_um: float
    turn_um: float
    feature_weight: float
    solid: int
    space: int

    @classmethod
    def of(cls, project: Project, profile: Profile, table: LevelTable) -> "Layout | None":
        """Return the penalties that a project asks for; None where it asks for none.

        Raises:
            ConfigError: narrow features shall cost something, and nobody says what is narrow.
        """
        train = project.train
        if not (train.step_weight or train.feature_weight):
            return None
        solid, space = _narrowest(project, profile) if train.feature_weight else (1, 1)
        return cls(
            step_weight=train.step_weight,
            step_um=_free_step(project, profile),
            turn_um=table.full_turn_um,
            feature_weight=train.feature_weight,
            solid=solid,
            space=space,
        )

    def penalty(self, relaxed: Relaxed, level_um: Float[Tensor, " level"]) -> Float[Tensor, ""]:
        """Return the weighted sum of the penalties.

        Args:
            relaxed: the pixels that training sees.
            level_um: heights of the levels, ascending.
        """
        total = relaxed.weights.new_zeros(())
        if self.step_weight:
            steps = step_penalty(relaxed.mean(level_um), self.step_um, self.turn_um)
            total = total + self.step_weight * steps
        if self.feature_weight:
            total = total + self.feature_weight * feature_penalty(relaxed.weights, self.solid, self.space)
        return total

    def to_json(self) -> dict[str, Any]:
        """The penalties as plain JSON values."""
        return dict(vars(self))


def _opened(planes: Tensor, pixels: int) -> Tensor:
    """The largest values that lines of so many pixels along x can have everywhere below the planes."""
    if pixels <= 1:
        return planes
    lines = -max_pool2d(-planes[None], (1, min(pixels, planes.shape[-1])), stride=1)
    reach = planes.shape[-1] - lines.shape[-1]
    widened = pad(lines, (reach, reach), value=-torch.inf)
    return max_pool2d(widened, (1, reach + 1), stride=1)[0]


def _free_step(project: Project, profile: Profile) -> float:
    if project.train.step_um is not None:
        return project.train.step_um
    limit = profile.axial.neighbour_step_max_nm
    return 0.0 if limit is None else limit.value / 1e3


def _narrowest(project: Project, profile: Profile) -> tuple[int, int]:
    own, lateral = project.train.feature_um, profile.lateral
    sizes = [
        number.value if own is None and number is not None else own
        for number in (lateral.min_feature_um, lateral.min_space_um)
    ]
    if all(size is None for size in sizes):
        raise ConfigError(
            f"train.feature_weight needs a narrowest feature: {profile.name} has no lateral.min_feature_um "
            "and no lateral.min_space_um.",
            hint='Give it as train.feature, such as feature = "3 um".',
        )
    pitch_um = project.optics.pitch_um
    solid, space = (1 if size is None else max(1, ceil(size / pitch_um - 1e-9)) for size in sizes)
    return solid, space
