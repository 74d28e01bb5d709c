"""Every dispersion formula against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from fabdesign.materials.formulas import FORMULAS, coefficient_fault


@pytest.mark.parametrize(
    ("formula", "coefficients", "wavelength_um", "index"),
    [
        # n² = 1 + 2·1/(1 - 0.5) = 5
        ("sellmeier", {"B": [2.0], "C": [0.5]}, 1.0, 5**0.5),
        # n² = 1 + 1.08·0.25/(0.25 - 0.0225) + 0.5·0.25/(0.25 - 100)
        (
            "sellmeier",
            {"B": [1.08, 0.5], "C": [0.0225, 100.0]},
            0.5,
            (1 + 0.27 / 0.2275 - 0.125 / 99.75) ** 0.5,
        ),
        # the same with C as a wavelength
        (
            "sellmeier2",
            {"B": [1.08, 0.5], "C": [0.15, 10.0]},
            0.5,
            (1 + 0.27 / 0.2275 - 0.125 / 99.75) ** 0.5,
        ),
        # 1.5 + 0.004/0.25 + 0.0001/0.0625 = 1.5176
        ("cauchy", {"A": [1.5, 0.004, 0.0001]}, 0.5, 1.5176),
        ("cauchy", {"A": [1.5]}, 0.5, 1.5),
        ("constant", {"n": [1.33]}, 0.5, 1.33),
        # 1 + 0.05/(240 - 4) + 0.002/(60 - 4)
        ("gas", {"B": [0.05, 0.002], "C": [240.0, 60.0]}, 0.5, 1 + 0.05 / 236 + 0.002 / 56),
        ("tabulated", {"wavelength_um": [0.4, 0.5, 0.6], "n": [1.6, 1.55, 1.53]}, 0.5, 1.55),
        # PCHIP on a line is the line
        ("tabulated", {"wavelength_um": [0.4, 0.5, 0.6], "n": [1.6, 1.5, 1.4]}, 0.53, 1.47),
    ],
)
def test_a_formula_gives_the_number_worked_out_by_hand(
    formula: str, coefficients: dict[str, list[float]], wavelength_um: float, index: float
) -> None:
    assert FORMULAS[formula].index(coefficients, np.array([wavelength_um]))[0] == pytest.approx(
        index, rel=1e-14
    )


def test_a_table_is_not_overshot_between_its_points() -> None:
    coefficients = {"wavelength_um": [0.4, 0.5, 0.6, 0.7, 0.8], "n": [1.6, 1.59, 1.5, 1.5, 1.49]}
    grid = np.linspace(0.4, 0.8, 401)
    index = FORMULAS["tabulated"].index(coefficients, grid)
    assert (np.diff(index) <= 1e-15).all()
    assert index[200:301] == pytest.approx(np.full(101, 1.5), abs=1e-12)


def test_a_table_gives_nothing_beyond_its_ends() -> None:
    coefficients = {"wavelength_um": [0.4, 0.5], "n": [1.6, 1.5]}
    assert np.isnan(FORMULAS["tabulated"].index(coefficients, np.array([0.39, 0.51]))).all()


@pytest.mark.parametrize(
    ("formula", "coefficients", "words"),
    [
        ("sellmeier", {"B": [1.0]}, "must be B and C"),
        ("sellmeier", {"B": [], "C": []}, "as many B as C"),
        ("cauchy", {"B": [1.0]}, "must be A"),
        ("constant", {"n": [1.0, 1.1]}, "one value n"),
        ("tabulated", {"wavelength_um": [0.4], "n": [1.5]}, "at least 2"),
        ("tabulated", {"wavelength_um": [0.5, 0.4], "n": [1.5, 1.6]}, "increase from value to value"),
    ],
)
def test_wrong_coefficients_are_named(formula: str, coefficients: dict[str, list[float]], words: str) -> None:
    assert words in (coefficient_fault(formula, coefficients) or "")


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_keep_the_shape_of_the_wavelengths(formula: str) -> None:
    coefficients = {
        "constant": {"n": [1.5]},
        "cauchy": {"A": [1.5, 0.01]},
        "tabulated": {"wavelength_um": [0.4, 0.9], "n": [1.6, 1.5]},
    }.get(formula, {"B": [1.0], "C": [0.01]})
    assert FORMULAS[formula].index(coefficients, np.full((2, 3), 0.5)).shape == (2, 3)
