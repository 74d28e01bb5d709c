"""What is wrong with a chip: the spread of γ, Ω with passive victims only, and the other errors."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.chip import NO_ERRORS, ErrorModel, adjacent_crosstalk, design_mesh, mesh_layout
from fabdesign.chip.crosstalk import adjacent_pairs, heater_crosstalk
from fabdesign.chip.variation import draw_errors
from fabdesign.errors import ConfigError
from tests.chip.networks import small_design, small_weights


def test_gamma_spreads_by_1_2_percent_truncated_at_three_sigma() -> None:
    design = design_mesh(small_weights((64, 24, 24, 10)))
    ratios = np.concatenate(
        [draw_errors(design.physical, design.active, ErrorModel(), seed).gamma_ratio for seed in range(5)]
    )
    percent = 100 * ratios.std()
    assert abs(percent - 1.21) <= 0.1
    assert abs(ratios.mean() - 1) < 2e-4
    assert np.abs(ratios - 1).max() <= 3 * 2e-3 / ErrorModel().gamma + 1e-12


def test_passive_devices_vary_too() -> None:
    design = small_design(share=0.2)
    errors = draw_errors(design.physical, design.active, ErrorModel(), 0)
    assert (errors.gamma_ratio[~design.active] != 1).all()


@pytest.mark.parametrize("mesh", ["reck", "clements"])
def test_passive_devices_are_victims_and_never_aggressors(mesh: str) -> None:
    design = small_design(share=0.3, mesh=mesh)
    pitch = {"pitch_um": (300.0, 60.0), "decay_um": 60.0, "reach_um": 900.0}
    for crosstalk in (
        adjacent_crosstalk(design.physical, design.active, 2e-3),
        heater_crosstalk(design.physical, design.active, 2e-3, **pitch),  # type: ignore[arg-type]
    ):
        omega = crosstalk.dense()
        off_diagonal = omega - np.diag(np.diag(omega))
        assert (np.diag(omega) == 1).all()
        assert (off_diagonal[:, ~design.active] == 0).all()
        assert (off_diagonal[~design.active] > 0).any()
        assert 0 < off_diagonal.max() <= 2e-3
        assert (off_diagonal >= 0).all()


def test_adjacent_crosstalk_is_omega_between_neighbours_and_spares_attenuators() -> None:
    design = small_design(share=1.0)
    omega = adjacent_crosstalk(design.physical, design.active, 2e-3).dense()
    assert set(np.unique(omega)) == {0.0, 2e-3, 1.0}
    attenuators = design.physical.is_attenuator
    assert np.array_equal(omega[attenuators], np.eye(len(omega))[attenuators])
    assert np.array_equal(omega, omega.T)
    middle = np.flatnonzero((mesh_layout("reck", 7).grid == (2, 2)).all(axis=1))[0]
    assert int((omega[middle] == 2e-3).sum()) == 4


def test_neighbours_lie_next_to_each_other_on_the_chip() -> None:
    for kind, reach in (("reck", 2), ("clements", 2)):
        layout = mesh_layout(kind, 8)  # type: ignore[arg-type]
        victims, aggressors = adjacent_pairs(layout)
        assert np.abs(layout.column[victims] - layout.column[aggressors]).max() <= reach
        assert np.abs(layout.port[victims] - layout.port[aggressors]).max() <= reach


def test_heater_crosstalk_falls_off_with_distance() -> None:
    design = design_mesh([np.eye(6)])
    setting = {"pitch_um": (100.0, 50.0), "decay_um": 70.0, "reach_um": 500.0}
    omega = heater_crosstalk(design.physical, design.active, 4e-3, **setting).dense()  # type: ignore[arg-type]
    layer = design.physical.layers[0]
    place = layer.v.positions_um((100.0, 50.0))
    apart = np.linalg.norm(place[0] - place[7])
    closest = 100.0  # two ports apart in one column; neighbours on a slant are farther
    assert np.isclose(omega[0, 7], 4e-3 * np.exp(-(apart - closest) / 70.0))
    assert omega[layer.v_phases, layer.u_phases].max() == 0


def test_victims_are_the_rows_of_a_column() -> None:
    design = small_design(share=0.5)
    crosstalk = adjacent_crosstalk(design.physical, design.active, 2e-3)
    omega = crosstalk.dense()
    for column, victims in enumerate(crosstalk.victims):
        assert victims.tolist() == np.flatnonzero(omega[:, column]).tolist()
    drive = np.random.default_rng(0).uniform(0, 6, len(omega))
    assert np.allclose(crosstalk.spread(drive), omega @ drive, rtol=0, atol=1e-13)


def test_seeds_name_chips() -> None:
    design = small_design()
    model = ErrorModel(bias_std_rad=0.1, coupler_std_rad=0.01)
    one, same, other = (draw_errors(design.physical, design.active, model, seed) for seed in (1, 1, 2))
    for name in ("gamma_ratio", "bias_rad", "coupler_rad"):
        assert np.array_equal(getattr(one, name), getattr(same, name))
        assert not np.array_equal(getattr(one, name), getattr(other, name))


def test_drive_is_quantised_on_active_devices_only() -> None:
    design = small_design(share=0.3)
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, len(design.phase_rad))
    exact = ErrorModel(gamma_std=0.0)
    for drive in ("phase", "voltage"):
        model = ErrorModel(gamma_std=0.0, drive_bits=8, drive=drive)  # type: ignore[arg-type]
        driven = draw_errors(design.physical, design.active, model, 0).drive(phases)
        assert np.array_equal(driven[~design.active], phases[~design.active])
        gap = np.abs(np.angle(np.exp(1j * (driven - phases))))[design.active]
        assert 0 < gap.max() < 0.12
    assert np.array_equal(draw_errors(design.physical, design.active, exact, 0).drive(phases), phases)


def test_phase_steps_are_even_and_voltage_steps_are_square_roots() -> None:
    design = design_mesh([np.eye(2)])
    phases = np.full(design.physical.phase_count, 1.0)
    by_phase = draw_errors(design.physical, design.active, ErrorModel(gamma_std=0, drive_bits=2), 0)
    assert np.allclose(by_phase.drive(phases), np.pi / 2)
    model = ErrorModel(gamma_std=0, drive_bits=3, drive="voltage", drive_v_max=7.0)
    volts = np.round(np.sqrt(1.0 / model.gamma))
    assert np.allclose(
        draw_errors(design.physical, design.active, model, 0).drive(phases), model.gamma * volts**2
    )


def test_no_errors_leave_all_as_it_is() -> None:
    design = small_design()
    errors = draw_errors(design.physical, design.active, NO_ERRORS, 0)
    assert np.array_equal(errors.drive(design.phase_rad), design.phase_rad)
    assert np.array_equal(errors.crosstalk.spread(design.phase_rad), design.phase_rad)


@pytest.mark.parametrize(
    "bad", [{"gamma_std": -1.0}, {"omega": float("nan")}, {"v_pi": 0.0}, {"drive_bits": 99}, {"truncate": 0}]
)
def test_models_out_of_range_are_refused(bad: dict[str, float]) -> None:
    design = small_design()
    with pytest.raises(ConfigError, match=next(iter(bad))):
        draw_errors(design.physical, design.active, ErrorModel(**bad), 0)  # type: ignore[arg-type]
