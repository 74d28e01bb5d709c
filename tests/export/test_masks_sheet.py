"""Where pixels and marks lie: on the grid, inside 32 bits, apart from one another, nothing too small."""

import itertools

import numpy as np
import pytest

from fabdesign.errors import ConfigError
from fabdesign.export.masks import make_mask_set, place_pixels
from fabdesign.export.masks.marks import VERNIER_BARS, block_box, pair_mark, vernier
from fabdesign.export.masks.sheet import arrange_sheet
from fabdesign.relief.glyphs import glyph, label, printable
from fabdesign.relief.rectangles import count_corner_touches

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./_+"
CASES = {
    "binary": ("binary", 8, (64, 64), 1_500_000, None, 1000),
    "small optic": ("binary", 4, (3, 5), 400_000, None, 1000),
    "coarse grid": ("binary", 16, (40, 41), 1_000_000, 2.3, 5000),
    "long": ("staircase", 9, (500, 4), 1_000_000, 0.5, 1000),
    "levels": ("one-per-level", 20, (30, 30), 1_000_000, None, 1000),
    "one mask": ("binary", 2, (30, 30), 1_000_000, None, 1000),
}


def sheet_of(case):
    coding, levels, pixels, pitch_pm, smallest_um, grid_pm = case
    placement = place_pixels(pixels, pitch_pm, grid_pm=grid_pm)
    masks = make_mask_set(np.arange(levels) * 100_000, coding, "etch")
    lines = ["NAME", "0123456789ABCDEF", "LAYER 00/01"]
    return placement, masks, arrange_sheet(placement, masks, lines, smallest_um=smallest_um)


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request):
    return (*sheet_of(request.param), request.param)


def overlap(first, second):
    a, b = first[:, None], second[None]
    return (
        (a[..., 0] < b[..., 2]) & (b[..., 0] < a[..., 2]) & (a[..., 1] < b[..., 3]) & (b[..., 1] < a[..., 3])
    )


def test_marks_overlap_nothing_but_in_the_wedge_and_the_checkerboard(case):
    _, masks, sheet, _ = case
    planned = np.concatenate([mark.corners for mark in sheet.marks if mark.kind != "test"])
    hits = overlap(planned, planned)
    assert hits.sum() == len(planned)
    tests = np.concatenate([mark.corners for mark in sheet.marks if mark.kind == "test"])
    assert not overlap(planned, tests).any()
    for at in range(len(masks.masks)):
        own = np.concatenate(
            [mark.corners for mark in sheet.marks if mark.mask == at] or [np.empty((0, 4), int)]
        )
        assert overlap(own, own).sum() == len(own)


def test_marks_stay_clear_of_the_optic_and_inside_the_die(case):
    placement, _, sheet, _ = case
    x0, y0, x1, y1 = placement.box
    clear = 20 * sheet.unit
    optic = np.array([[x0 - clear, y0 - clear, x1 + clear, y1 + clear]])
    everything = np.concatenate([mark.corners for mark in sheet.marks])
    assert not overlap(optic, everything).any()
    assert np.array_equal(block_box(sheet.marks), sheet.die)
    assert sheet.die[0] == -sheet.die[2]
    assert sheet.die[1] == -sheet.die[3]


def test_every_corner_is_on_the_manufacturing_grid(case):
    placement, _, sheet, _ = case
    everything = np.concatenate([mark.corners for mark in sheet.marks])
    assert (everything % placement.grid == 0).all()


def test_nothing_is_smaller_than_the_smallest_feature(case):
    _, _, sheet, (_, _, _, pitch_pm, smallest_um, _) = case
    least = pitch_pm / 1000 if smallest_um is None else smallest_um * 1000
    for mark in sheet.marks:
        sides = mark.corners[:, 2:] - mark.corners[:, :2]
        assert (sides > 0).all()
        assert sides.min() >= (least if mark.kind == "test" else sheet.unit)
        assert sheet.unit >= max(1000, least)


def test_spaces_between_marks_of_a_kind_are_no_smaller_than_the_unit(case):
    _, masks, sheet, _ = case
    for at, kind in itertools.product(range(len(masks.masks)), ("align", "dice")):
        chosen = [mark.corners for mark in sheet.marks if mark.mask == at and mark.kind == kind]
        for corners in chosen:
            gap_x = np.maximum(
                corners[:, None, 0] - corners[None, :, 2], corners[None, :, 0] - corners[:, None, 2]
            )
            gap_y = np.maximum(
                corners[:, None, 1] - corners[None, :, 3], corners[None, :, 1] - corners[:, None, 3]
            )
            gap = np.maximum(gap_x, gap_y)
            assert gap[gap > 0].min(initial=sheet.unit) >= sheet.unit


def test_every_mask_that_is_aligned_has_a_global_mark_at_each_corner(case):
    _, masks, sheet, _ = case
    if masks.coding == "one-per-level":
        assert {mark.mask for mark in sheet.marks if mark.kind == "align"} == {len(masks.masks) - 1}
        return
    for at in range(len(masks.masks)):
        corners = np.concatenate(
            [mark.corners for mark in sheet.marks if mark.mask == at and mark.kind == "align"]
        )
        low, high = corners[:, :2].min(0), corners[:, 2:].max(0)
        assert (low == -high).all()
        quadrants = {(x > 0, y > 0) for x, y in (corners[:, :2] + corners[:, 2:]).tolist()}
        assert len(quadrants) == 4


def test_more_masks_than_can_be_aligned_are_refused():
    with pytest.raises(ConfigError, match="up to 16 masks aligned to one another; got 17"):
        sheet_of(("staircase", 18, (8, 8), 1_000_000, None, 1000))


@pytest.mark.parametrize("shift", [-10, -3, 0, 1, 10])
def test_a_vernier_reads_the_displacement_it_is_made_for(shift):
    unit, step = 1000, 100
    fixed, moving = vernier(4 * unit, unit, 1), vernier(4 * unit + step, unit, -1)
    centre = (fixed[:, 0] + fixed[:, 2]) // 2
    moved = (moving[:, 0] + moving[:, 2]) // 2 - shift * step
    in_line = np.flatnonzero(centre == moved)
    assert (in_line - VERNIER_BARS).tolist() == [shift]


def test_the_fine_cross_sits_between_four_squares_with_room_on_every_side():
    block = pair_mark(1000, 2, 100, "M1-M3")
    cross, squares = block[-3].corners, block[-2].corners
    assert (block[-3].mask, block[-2].mask) == (0, 2)
    gaps = []
    for a, b in itertools.product(cross.tolist(), squares.tolist()):
        gaps.append(max(b[0] - a[2], a[0] - b[2], b[1] - a[3], a[1] - b[3]))
    assert min(gaps) == 1000


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_glyph_has_no_corner_touch(character):
    cells = np.pad(glyph(character), 1)
    assert count_corner_touches(cells) == 0
    assert count_corner_touches(~cells) == 0


def test_glyphs_differ_and_f_is_upright():
    assert len({glyph(character).tobytes() for character in CHARACTERS}) == len(CHARACTERS)
    f = glyph("F")
    assert f[:, 0].all()
    assert f[-1].all()
    assert f[0].sum() == 1


def test_label_and_its_replacements():
    assert label("I", 10).max(0).tolist()[2:] == [40, 70]
    assert label("II", 10)[:, 2].max() == 100
    assert printable("digits 785µm!") == "DIGITS 785-M-"
    with pytest.raises(ConfigError, match="got 'µ'"):
        label("µ", 1)


def test_pixels_are_centred():
    placement = place_pixels((3, 4), 1_500_000)
    assert placement.box == (-3000, -2250, 3000, 2250)
    assert placement.place(np.array([[1, 0, 3, 2]], np.int32)).tolist() == [[-1500, -2250, 1500, 750]]


@pytest.mark.parametrize(
    ("pixels", "pitch_pm", "grid_pm", "message", "hint"),
    [
        (
            (8, 8),
            316_400,
            1000,
            "Pixels of 316.4 nm don't fall on the manufacturing grid of 1 nm",
            "316 nm or 317 nm",
        ),
        ((8, 9), 1_001_000, 1000, r"1001 nm .* \(an odd count of pixels", "1000 nm or 1002 nm"),
        ((8, 8), 1_501_000, 5000, "of 1501 nm .* grid of 5 nm", "1500 nm or 1505 nm"),
        ((8, 8), 400, 1000, "Pixels of 0.4 nm", "A pitch of 1 nm fits"),
        ((8, 8), 1_500_000, 500, "multiple of the database unit; got 0.5 and 1 nm", None),
        ((2, 50_000), 100_000_000, 1000, "spans 5000000000 database units", "coarser"),
    ],
)
def test_pixels_that_the_file_cannot_hold_exactly_are_refused(pixels, pitch_pm, grid_pm, message, hint):
    with pytest.raises(ConfigError, match=message) as refusal:
        place_pixels(pixels, pitch_pm, grid_pm=grid_pm)
    assert hint is None or hint in refusal.value.hint


def test_the_widest_layer_that_fits_is_placed_exactly():
    placement = place_pixels((1, 2), 1_073_741_000_000)
    reach = 1_073_741_000
    assert placement.place(np.array([[0, 0, 2, 1]], np.int32)).tolist() == [
        [-reach, -reach // 2, reach, reach // 2]
    ]


def test_a_finer_database_unit_takes_a_pitch_between_nanometres():
    assert place_pixels((8, 8), 316_400, unit_pm=100).pitch == 3164
    assert place_pixels((8, 8), 1_000_000, unit_pm=500, grid_pm=5000).grid == 10
