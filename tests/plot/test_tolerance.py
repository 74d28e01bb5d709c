"""Figures of tolerances."""

from fabdesign.plot import draw_sensitivities, draw_yield, render

ROWS = [
    {"name": "blur", "element": "device", "amount": 0.1, "unit": "um", "minus": None, "plus": 0.8},
    {"name": "index", "element": "device", "amount": 0.003, "unit": "index", "minus": 0.85, "plus": 0.92},
]


def test_bars_begin_at_the_design() -> None:
    figure = draw_sensitivities(ROWS, 0.9, "accuracy")
    bars = figure.axes[0].patches
    assert [round(bar.get_width(), 6) for bar in bars] == [0.0, -0.05, -0.1, 0.02]
    assert figure.axes[0].get_xlabel() == "accuracy"
    assert render(figure)[:4] == b"\x89PNG"


def test_yield_curve_falls_from_one() -> None:
    curve = [(0.7, 1.0), (0.8, 0.5), (0.9, 0.25)]
    result = {
        "assembled": {"curve": curve},
        "compensated": None,
        "spec": 0.75,
        "nominal": 0.9,
        "metric": "accuracy",
    }
    axes = draw_yield(result).axes[0]
    assert axes.lines[0].get_ydata().tolist() == [1.0, 0.5, 0.25]
    assert [line.get_label() for line in axes.lines] == ["as assembled", "spec", "as designed"]
