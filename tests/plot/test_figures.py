"""Figures: the same bytes each time, the right way up, colours that go round, no global state."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from fabdesign.errors import ConfigError
from fabdesign.plot import (
    Curve,
    Marks,
    Piece,
    Region,
    draw_bench,
    draw_confusion,
    draw_cut,
    draw_detector_plane,
    draw_dispersion,
    draw_level_histograms,
    draw_level_map,
    draw_level_maps,
    draw_level_table,
    draw_matrices,
    draw_phase_histogram,
    draw_phase_map,
    draw_places,
    draw_training,
    phase_colours,
    picture_format_of,
    render,
)
from fabdesign.plot.layers import scale_bar_um

TURN = 2 * np.pi
EIGHT = TURN * np.arange(8) / 8


def letter_f() -> np.ndarray:
    """An F of level 3 on level 0: stem at the left, long bar at the top (large y), short bar below it."""
    levels = np.zeros((10, 8), dtype=np.uint8)
    levels[1:9, 2] = 3
    levels[8, 2:7] = 3
    levels[5, 2:5] = 3
    return levels


FIGURES: dict[str, Callable[[], Figure]] = {
    "dispersion": lambda: draw_dispersion([Curve("a", [0.4, 0.8], [1.6, 1.5])], mark_um=0.5),
    "level table": lambda: draw_level_table(np.arange(8) * 0.18, EIGHT, ideal_rad=EIGHT, title="t"),
    "level map": lambda: draw_level_map(letter_f(), EIGHT, pitch_um=1.5, title="layer 0"),
    "level maps": lambda: draw_level_maps(np.stack([letter_f()] * 3), EIGHT, pitch_um=1.5),
    "phase map": lambda: draw_phase_map(letter_f() * 0.7, pitch_um=1.5),
    "confusion": lambda: draw_confusion(np.eye(3) * 5, ["0", "1", "2"], title="t"),
    "training": lambda: draw_training([1, 2, 3], {"loss": [3, 2, 1], "score": [np.nan, 0.5, np.nan]}),
    "places": lambda: draw_places(
        letter_f(), EIGHT, [Marks("few", "error", [0, 1], [2, 3]), Marks("many", "note", *np.ones((2, 50)))],
        pitch_um=1.5,
    ),
    "cut": lambda: draw_cut(
        np.arange(4), {"design": [1, 2, np.nan], "files": [1, 2, 3]}, along="x", mark_um=1
    ),
    "histograms": lambda: draw_level_histograms(
        np.full((4, 8), 0.125), np.ones((4, 8)), np.ones((4, 1)) * EIGHT, titles=list("abcd")
    ),
    "bench": lambda: draw_bench(
        [Piece(0, 30, False), Piece(30, 35, True)], [("input", 0), ("layer 0", 35)], width_um=20
    ),
    "detectors": lambda: draw_detector_plane(
        np.ones((2, 8, 8)), np.random.default_rng(0).random((2, 16, 16)), [Region("a", (1, 2), (3, 4))],
        size_um=(16, 16), captions=["a", "b"], marked=[0, 0],
    ),
    "matrices": lambda: draw_matrices([np.eye(3), np.ones((2, 3))], titles=["a", "b"]),
    "phase histogram": lambda: draw_phase_histogram({"a": EIGHT, "b": EIGHT / 2}),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_shows_something_with_the_same_bytes_each_time(name: str) -> None:
    data = render(FIGURES[name]())
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("L"))
    assert picture.shape[0] > 200
    assert np.ptp(picture) > 150
    assert render(FIGURES[name]()) == data


def test_an_svg_has_the_same_bytes_each_time() -> None:
    assert render(FIGURES["level map"](), "svg") == render(FIGURES["level map"](), "svg")


def test_pictures_carry_no_date() -> None:
    figure = FIGURES["confusion"]()
    assert "Software" not in Image.open(io.BytesIO(render(figure))).info
    assert b"<dc:date>" not in render(figure, "svg")
    assert b"CreationDate" not in render(figure, "pdf")


def test_the_users_settings_change_nothing_and_stay() -> None:
    plain = render(FIGURES["level map"]())
    with mpl.rc_context({"font.size": 31, "image.origin": "lower", "axes.facecolor": "red"}):
        assert render(FIGURES["level map"]()) == plain
        assert mpl.rcParams["font.size"] == 31


def test_drawing_starts_no_window_system() -> None:
    program = "import sys, fabdesign.plot; print('matplotlib.pyplot' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def colours_at(figure: Figure, x_um: np.ndarray, y_um: np.ndarray) -> np.ndarray:
    """Return the colours of the picture at places of the first map, RGB in 0..1."""
    picture = np.asarray(Image.open(io.BytesIO(render(figure))).convert("RGB")) / 255
    across, up = figure.axes[0].transData.transform(np.stack([x_um.ravel(), y_um.ravel()], 1)).T
    rows, columns = np.rint(len(picture) - up).astype(int), np.rint(across).astype(int)
    return picture[rows, columns].reshape(*x_um.shape, 3)


@pytest.mark.parametrize("name", ["level map", "level maps", "phase map"])
def test_a_layer_is_seen_from_plus_z(name: str) -> None:
    """The colour at each pixel's place (x, y) is that of its own level: no mirror, no flip, no turn."""
    on, off = phase_colours([0.7 * 3 if name == "phase map" else EIGHT[3], 0.0])[:, :3]
    x_um, y_um = np.meshgrid((np.arange(8) - 3.5) * 1.5, (np.arange(10) - 4.5) * 1.5)
    seen = colours_at(FIGURES[name](), x_um, y_um)
    assert seen == pytest.approx(np.where(letter_f()[..., None] > 0, on, off), abs=0.02)


def test_phases_a_turn_apart_have_one_colour() -> None:
    assert phase_colours([0.1, 0.1 + TURN, 0.1 - TURN]) == pytest.approx(
        np.tile(phase_colours([0.1]), (3, 1))
    )
    assert np.abs(phase_colours([0.0]) - phase_colours([TURN * 0.9999])).max() < 0.02
    assert np.abs(phase_colours([0.0]) - phase_colours([np.pi])).max() > 0.3


@pytest.mark.parametrize(
    ("width_um", "bar_um"), [(96, 20), (100, 20), (60, 10), (8, 2), (4, 1), (3.9, 0.5), (2000, 500)]
)
def test_scale_bars_are_round_and_short(width_um: float, bar_um: float) -> None:
    assert scale_bar_um(width_um) == pytest.approx(bar_um)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    figure = draw_level_map(np.zeros((20, 64), dtype=np.uint8), EIGHT, pitch_um=1.5)
    axes = figure.axes[0]
    assert "20 µm" in [text.get_text() for text in axes.texts]
    assert axes.patches[0].get_width() * 64 * 1.5 == pytest.approx(20)


def test_a_confusion_matrix_writes_its_counts() -> None:
    figure = draw_confusion([[7, 0], [2, 5]], ["no", "yes"])
    texts = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert texts == {(0, 0): "7", (0, 1): "2", (1, 1): "5"}
    assert figure.axes[0].images[0].get_array().tolist() == [[1, 0], [2 / 7, 5 / 7]]


def test_training_curves_skip_what_was_not_measured() -> None:
    axes = FIGURES["training"]().axes
    assert [panel.get_ylabel() for panel in axes] == ["loss", "score"]
    assert axes[1].lines[0].get_xydata().tolist() == [[2, 0.5]]


@pytest.mark.parametrize(("name", "kind"), [("a.PNG", "png"), ("a.svg", "svg"), ("b/a.pdf", "pdf")])
def test_the_name_says_the_format(name: str, kind: str) -> None:
    assert picture_format_of(name) == kind


def test_another_name_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"\*\.png"):
        picture_format_of("levels.bmp")


def test_marks_stand_where_they_were_found() -> None:
    """A mark at the upper right corner is red there and nowhere else."""
    marks = [Marks("one", "error", [4.5], [6.0])]
    figure = draw_places(letter_f(), EIGHT, marks, pitch_um=1.5)
    plain = draw_places(letter_f(), EIGHT, [], pitch_um=1.5)
    axes = figure.axes[0]
    place = axes.collections[-1].get_offsets()[0]
    assert place.tolist() == [4.5, 6.0]
    assert axes.get_xlim() == plain.axes[0].get_xlim() == (-6.0, 6.0)
    assert axes.get_ylim() == (-7.5, 7.5)
    assert axes.collections[-1].get_edgecolor()[0][:3].tolist() == pytest.approx([1, 45 / 255, 45 / 255])


def test_large_layers_are_thinned_out_over_their_own_size() -> None:
    levels = np.zeros((1200, 1100), dtype=np.uint8)
    figure = draw_places(levels, EIGHT, [], pitch_um=0.5)
    image = figure.axes[0].images[0]
    assert image.get_array().shape == (400, 367)
    assert image.get_extent() == [-275, 275, -300, 300]
