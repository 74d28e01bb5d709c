"""Cleaning changes only what a process cannot make, within its budget, and tells what it costs."""

import math
from dataclasses import replace

import numpy as np
import pytest

from fabdesign.check.fix import clean_levels, propose_fix
from fabdesign.check.fix.flags import flagger
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import Profile
from fabdesign.relief.neighbours import isolated_pixels
from tests.check.devices import make_design, make_physical


def profile_of(kind: str = "2pp", **lateral: float) -> Profile:
    marked = {key: {"value": value, "source": "measured: here"} for key, value in lateral.items()}
    masks = {"mask": {}} if kind == "binary-etch" else {}
    return Profile.model_validate({"profile": {"name": "mine", "kind": kind}, "lateral": marked, **masks})


def design_of(levels: np.ndarray) -> Design:
    physical = make_physical(1).model_copy(update={"pitch_um": 1.0})
    heights = np.round(np.arange(4) * 0.36, 6)[None]
    return Design(levels=levels.astype(np.uint8)[None], height_of_level_um=heights, physical=physical)


def blocks_with_noise() -> np.ndarray:
    levels = np.kron(np.array([[0, 1], [2, 1]]), np.ones((6, 6))).astype(np.uint8)
    levels[2, 2], levels[8, 9] = 1, 2
    return levels


def test_lone_pixels_go_and_nothing_else_changes() -> None:
    design = design_of(blocks_with_noise())
    before = design.levels.copy()
    proposal = propose_fix(design, profile_of(voxel_fwhm_um=0.8), rescore=False)
    expected = np.kron(np.array([[0, 1], [2, 1]]), np.ones((6, 6)))
    assert (proposal.design.levels[0] == expected).all()
    assert (design.levels == before).all()
    assert proposal.changed == 2
    assert proposal.findings["print.isolated"] == (2, 0)
    step = 2 * math.pi * 0.36 * 0.5429 / 0.785
    assert proposal.layers[0].largest_rad == pytest.approx(step)
    assert proposal.layers[0].rms_rad == pytest.approx(step * math.sqrt(2 / 144))


def test_a_pixel_beyond_the_budget_stays() -> None:
    levels = blocks_with_noise()
    levels[2, 2] = 2  # two steps, 3.1 rad, from what surrounds it
    proposal = propose_fix(design_of(levels), profile_of(voxel_fwhm_um=0.8), budget_rad=1.8, rescore=False)
    assert proposal.design.levels[0, 2, 2] == 2
    assert proposal.design.levels[0, 8, 9] == 1
    assert proposal.findings["print.isolated"] == (2, 1)


@pytest.mark.parametrize(
    ("kind", "limit", "rule"),
    [("2pp", "min_feature_um", "print.feature"), ("binary-etch", "min_space_um", "print.space")],
)
def test_narrow_lines_are_filled(kind: str, limit: str, rule: str) -> None:
    """Raised, the line is a feature; in the mask that etches what is around it, a gap."""
    levels = np.zeros((12, 12), np.uint8)
    levels[:, 6:] = 1
    levels[4, :6] = 1  # a line of one pixel where two are needed
    proposal = propose_fix(design_of(levels), profile_of(kind, **{limit: 2.0}), rescore=False)
    before, after = proposal.findings[rule]
    assert before > 0
    assert after == 0
    assert (proposal.design.levels[0, :, 7:] == 1).all()


def test_random_layers_get_better_and_never_worse() -> None:
    rng = np.random.default_rng(2)
    levels = rng.integers(0, 4, (40, 40), dtype=np.uint8)
    flag = flagger(design_of(levels), profile_of(voxel_fwhm_um=0.9), 0)
    phase = np.arange(4) * math.pi / 2
    done = clean_levels(levels, phase, flag, math.pi / 2)
    assert done.before == np.count_nonzero(isolated_pixels(levels))
    assert done.after == np.count_nonzero(isolated_pixels(done.levels)) < done.before / 3
    assert done.largest_rad <= math.pi / 2 + 1e-9
    assert done.changed == np.count_nonzero(done.levels != levels)


def test_the_parent_is_named_and_scores_are_not_kept() -> None:
    design = replace(design_of(blocks_with_noise()), scores={"metric": "accuracy"}, provenance={"seed": 1})
    proposal = propose_fix(design, profile_of(voxel_fwhm_um=0.8), rescore=False)
    assert proposal.design.provenance["parents"] == [design.content_hash]
    assert proposal.design.provenance["seed"] == 1
    assert proposal.design.provenance["cleaned"]["process"] == "mine"
    assert proposal.design.scores == {}
    assert proposal.to_dict()["parent"] == design.content_hash


def test_a_clean_design_is_left_as_it_is() -> None:
    design = make_design(0, pixels=(8, 8))
    proposal = propose_fix(design, profile_of(voxel_fwhm_um=0.1), rescore=False)
    assert proposal.changed == 0
    with pytest.raises(ConfigError, match="budget"):
        propose_fix(design, profile_of(), budget_rad=0.0)
