"""USV* layers: the matrices that went in come out, in the stated order of parts."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.chip import MeshDesign, design_mesh, limit_singular_values
from fabdesign.chip.layout import KINDS, MeshKind
from fabdesign.errors import ConfigError
from tests.chip.networks import by_embedding, ideal_blocks, small_design, small_weights


@pytest.mark.parametrize("mesh", KINDS)
@pytest.mark.parametrize("gauge", ["short", "wide"])
def test_layers_are_the_matrices_that_were_decomposed(mesh: MeshKind, gauge: str) -> None:
    weights = small_weights()
    design = design_mesh(weights, mesh=mesh, gauge=gauge, seed=2)  # type: ignore[arg-type]
    for index, (weight, made) in enumerate(zip(weights, design.weights(), strict=True)):
        assert np.abs(made - weight).max() <= 1e-10
        assert np.allclose(by_embedding(design, ideal_blocks(design), index), weight)


def test_numbers_of_devices() -> None:
    design = design_mesh(small_weights((64, 24, 24, 10)))
    assert design.physical.phase_count == 3223
    assert int(design.physical.is_attenuator.sum()) == 58


def test_all_attenuators_and_a_share_of_rotators_are_active() -> None:
    design = small_design(share=0.25)
    rotators = ~design.physical.is_attenuator
    assert design.active[~rotators].all()
    assert int(design.active[rotators].sum()) == round(0.25 * int(rotators.sum()))
    assert (design.with_active(0.25, 8).active != design.active).any()
    assert design.with_active(1.0, 0).active.all()


def test_content_hash_follows_phases_signs_and_heaters() -> None:
    design = small_design()
    others = [small_design(share=0.5), small_design(mesh="clements"), small_design(activation_cap=3.0)]
    assert len({design.content_hash, *(other.content_hash for other in others)}) == 4
    assert small_design().content_hash == design.content_hash


def test_singular_values_beyond_the_gain_are_refused_and_can_be_limited() -> None:
    weight = np.diag([5.0, 1.0])
    with pytest.raises(ConfigError, match="layer 0 has 5"):
        design_mesh([weight])
    assert np.allclose(design_mesh([limit_singular_values(weight, 3.0)]).weights()[0], np.diag([3.0, 1.0]))


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ConfigError, match="inputs of the next"):
        design_mesh([np.eye(3), np.eye(2)])
    with pytest.raises(ConfigError, match="at least one matrix"):
        design_mesh([])
    with pytest.raises(ConfigError, match="between 0 and 1"):
        design_mesh([np.eye(2)], active_share=1.5)
    good = small_design()
    with pytest.raises(ConfigError, match="phase_rad of this mesh must be float64"):
        MeshDesign(good.phase_rad[:-1], good.sign, good.active, good.physical)
    with pytest.raises(ConfigError, match="finite"):
        MeshDesign(good.phase_rad * np.nan, good.sign, good.active, good.physical)
