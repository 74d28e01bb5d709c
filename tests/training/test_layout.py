"""Penalties on what is hard to print, against values by hand."""

from pathlib import Path

import pytest
import torch

from fabdesign.config import project_from_text
from fabdesign.errors import ConfigError
from fabdesign.network import process_table
from fabdesign.process import load_profile, profile_text
from fabdesign.training.layout import Layout, feature_penalty, step_penalty
from fabdesign.training.loop import run_steps
from fabdesign.training.session import Session
from tests.training.runs import TOML, tiny, write_digits

BOARD = (torch.arange(6)[:, None] + torch.arange(6)) % 2
LEVELS = 4


def weights(levels: torch.Tensor, count: int = LEVELS) -> torch.Tensor:
    return torch.nn.functional.one_hot(levels.long(), count).movedim(-1, 0)[:, None].double()


def stripes(width: int, level: int = LEVELS - 1, length: int = 12) -> torch.Tensor:
    """Lines along y of so many pixels, so many apart."""
    row = level * (torch.arange(length) // width % 2)
    return row.expand(length, length)


def test_flat_layers_cost_nothing() -> None:
    for level in range(LEVELS):
        flat = torch.full((6, 6), level)
        assert float(feature_penalty(weights(flat), 3, 3)) == 0
        assert float(step_penalty(flat[None].double(), 0.0, 1.0)) == 0


@pytest.mark.parametrize("top", [1, 2, 3])
def test_a_checkerboard_costs_its_squared_step_and_all_of_the_planes_it_crosses(top: int) -> None:
    board = top * BOARD
    steps = step_penalty(0.4 * board[None].double(), 0.1, 1.3)
    assert float(steps) == pytest.approx(((0.4 * top - 0.1) / 1.3) ** 2)
    assert float(feature_penalty(weights(board), 2, 2)) == pytest.approx(top / (LEVELS - 1))
    assert float(feature_penalty(weights(board), 2, 1)) == pytest.approx(top / (LEVELS - 1) / 2)
    assert float(feature_penalty(weights(board), 1, 1)) == 0


@pytest.mark.parametrize("width", [2, 3, 4])
def test_only_lines_that_are_too_narrow_cost_something(width: int) -> None:
    """Across the lines half of the pixels are lost to the opening, half to the closing; along them none."""
    for narrowest in (2, 3, 4):
        cost = float(feature_penalty(weights(stripes(width)), narrowest, narrowest))
        assert cost == pytest.approx(0.5 if narrowest > width else 0.0)


def test_one_tall_pixel_costs_its_share() -> None:
    levels = torch.zeros((8, 8), dtype=torch.long)
    levels[3, 4] = LEVELS - 1
    assert float(feature_penalty(weights(levels), 2, 2)) == pytest.approx(1 / 64)
    assert float(step_penalty(levels[None].double(), 0.0, 3.0)) == pytest.approx(4 / 112)


def test_gradients_of_relaxed_layers() -> None:
    draws = torch.randn((LEVELS, 2, 7, 7), generator=torch.Generator().manual_seed(2)).double()

    def cost(scores: torch.Tensor) -> torch.Tensor:
        shares = scores.softmax(0)
        heights = torch.einsum("klyx,k->lyx", shares, torch.arange(LEVELS).double())
        return feature_penalty(shares, 2, 3) + step_penalty(heights, 0.3, 2.0)

    assert torch.autograd.gradcheck(cost, draws.requires_grad_(), fast_mode=True)


def test_training_with_penalties_makes_smoother_and_wider_layers(tmp_path: Path) -> None:
    data = write_digits(tmp_path / "digits.npz")
    found = {}
    for step, feature in ((0.0, 0.0), (30.0, 0.0), (0.0, 30.0)):
        settings = (f"train.step_weight={step}", f"train.feature_weight={feature}", 'train.feature="4.8 um"')
        session = Session.of(tiny(data, *settings, "train.epochs=8", "train.learning_rate=0.2").project)
        run_steps(session, lambda _: None, lambda _: False)
        shares = torch.nn.functional.one_hot(session.network.quantiser.hard_levels().long(), LEVELS)
        hard = shares.movedim(-1, 0).double()
        height_um = torch.tensor(session.network.quantiser.table.height_um)
        steps = step_penalty(torch.einsum("klyx,k->lyx", hard, height_um), 0.0, 1.0)
        found[step, feature] = float(steps), float(feature_penalty(hard, 2, 2))
    assert found[30.0, 0.0][0] < 0.5 * found[0.0, 0.0][0]
    assert found[0.0, 30.0][1] < 0.5 * found[0.0, 0.0][1]


def layout(*overrides: str) -> Layout | None:
    project = project_from_text(TOML, "tiny", overrides=overrides).project
    return Layout.of(project, load_profile(project.process.profile), process_table(project))


def test_limits_come_from_project_or_process(tmp_path: Path) -> None:
    assert layout() is None
    features = ("train.feature_weight=1", 'train.feature="5 um"')
    own = layout("train.step_weight=2", 'train.step="300 nm"', *features)
    assert own is not None
    assert (own.step_um, own.solid, own.space) == (0.3, 3, 3)
    text = profile_text("2pp-63x-ip-dip")
    number = '= { value = 4.9, source = "measured" }'
    told = text.replace("[lateral]", f"[lateral]\nmin_feature_um {number}")
    path = tmp_path / "own.toml"
    path.write_text(
        told.replace("[axial]", '[axial]\nneighbour_step_max_nm = { value = 250, source = "vendor" }')
    )
    taken = layout(f"process.profile='{path}'", "train.feature_weight=1")
    assert taken is not None
    assert (taken.step_um, taken.solid, taken.space) == (0.25, 3, 1)
    with pytest.raises(ConfigError, match=r"train\.feature_weight needs a narrowest feature"):
        layout("train.feature_weight=1")
