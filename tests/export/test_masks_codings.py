"""Every coding spells every level map, in both tones, and refuses heights that it can't make."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.export.masks import (
    coding_names,
    decode_heights_um,
    decode_levels,
    make_mask_set,
    pixels_of_rectangles,
    place_pixels,
)
from fabdesign.process import level_table, load_profile
from fabdesign.relief.rectangles import merged_rectangles

STEP_PM = 216_375
TONES = ("etch", "add")


def even(levels):
    return np.arange(levels) * STEP_PM


def pixels_of(masks, levels):
    return {mask.layer: pixels for mask, pixels in masks.encode(levels)}


def level_maps(count):
    return arrays(np.uint8, (5, 7), elements=st.integers(0, count - 1))


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("coding", coding_names())
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_levels_and_heights_come_back_from_the_masks(coding, tone, data):
    count = 2 ** data.draw(st.integers(1, 5))
    levels = data.draw(level_maps(count))
    masks = make_mask_set(even(count), coding, tone)
    pixels = pixels_of(masks, levels)
    assert (decode_levels(pixels, masks) == levels).all()
    assert np.allclose(decode_heights_um(pixels, masks), even(count)[levels] / 1e6, atol=1e-12)


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize("coding", ["staircase", "one-per-level"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_rising_heights_can_be_made_step_by_step(coding, tone, data):
    steps = data.draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=9))
    heights = np.cumsum([0, *steps])
    levels = data.draw(level_maps(len(heights)))
    masks = make_mask_set(heights + 77, coding, tone)
    assert np.allclose(decode_heights_um(pixels_of(masks, levels), masks), heights[levels] / 1e6, atol=1e-12)


def test_an_etched_target_draws_the_bits_of_what_is_removed():
    masks = make_mask_set(even(4), "binary", "etch")
    assert masks.bits.astype(int).tolist() == [[1, 0, 1, 0], [1, 1, 0, 0]]
    assert [mask.depth_pm for mask in masks.masks] == [STEP_PM, 2 * STEP_PM]
    assert [(mask.name, mask.layer, mask.weight) for mask in masks.masks] == [("M1", 1, 1), ("M2", 2, 2)]


def test_an_added_target_draws_the_bits_of_the_level():
    masks = make_mask_set(even(4), "binary", "add")
    assert masks.bits.astype(int).tolist() == [[0, 1, 0, 1], [0, 0, 1, 1]]


def test_undrawn_ground_is_the_top_where_etched_and_the_bottom_where_added():
    for coding in ("binary", "staircase", "gray"):
        assert not make_mask_set(even(8), coding, "etch").bits[:, 7].any()
        assert not make_mask_set(even(8), coding, "add").bits[:, 0].any()


@pytest.mark.parametrize("tone", TONES)
def test_one_layer_per_level_is_named_for_the_level_and_covers_everything_once(tone):
    masks = make_mask_set(even(5), "one-per-level", tone)
    levels = np.random.default_rng(0).integers(0, 5, (9, 9)).astype(np.uint8)
    pixels = pixels_of(masks, levels)
    assert sum(plane.astype(int) for plane in pixels.values()).tolist() == np.ones((9, 9)).tolist()
    for layer, plane in pixels.items():
        assert (plane == (levels == layer - 100)).all()


def test_staircase_masks_are_nested():
    masks = make_mask_set(even(6), "staircase", "etch")
    assert (np.diff(masks.bits.astype(int), axis=0) <= 0).all()


def test_gray_masks_differ_by_one_bit_and_carry_a_warning():
    masks = make_mask_set(even(16), "gray", "add")
    assert (np.abs(np.diff(masks.bits.astype(int), axis=1)).sum(0) == 1).all()
    assert "exclusive or" in masks.warning
    assert masks.masks[0].depth_pm is None
    assert make_mask_set(even(16)).warning is None


def test_depths_of_a_process_that_rounds_each_etch_to_a_nanometre_add_up():
    depths = np.array([217_000, 433_000, 866_000])
    sums = np.sort([(depths * np.array(bits)).sum() for bits in np.ndindex(2, 2, 2)])
    masks = make_mask_set(sums, "binary", "etch")
    assert [mask.depth_pm for mask in masks.masks] == depths.tolist()


@pytest.mark.parametrize(
    ("heights", "coding", "message"),
    [
        (even(6), "binary", r"power of two of levels, because m masks make 2\^m; got 6"),
        (even(6), "gray", "power of two"),
        (np.array([0, 100_000, 200_000, 350_000]), "binary", "code 2 would be 250 nm|code 3 would be"),
        (np.array([0]), "binary", "at least 2 levels; got 1"),
        (even(4), "grey", "coding must be one of binary, staircase, one-per-level, gray; got 'grey'"),
    ],
)
def test_what_a_coding_cannot_make_is_refused_with_the_reason(heights, coding, message):
    with pytest.raises(ConfigError, match=message):
        make_mask_set(heights, coding)


def test_layers_of_many_masks_keep_clear_of_marks_and_notes():
    for coding in ("staircase", "one-per-level"):
        for count in (10, 11, 28, 29, 256):
            layers = {mask.layer for mask in make_mask_set(even(count), coding, "add").masks}
            assert not layers & {10, 11, 12, 13, 14, 127}


@pytest.mark.parametrize(
    ("coding", "codes"), [("staircase", [[0, 1, 0]]), ("one-per-level", [[1, 1, 0, 0], [0, 0, 0, 0]])]
)
def test_pixels_that_spell_no_level_are_told(coding, codes):
    masks = make_mask_set(even(4), coding, "add")
    for code in codes:
        pixels = {mask.layer: np.array([[bool(bit)]]) for mask, bit in zip(masks.masks, code, strict=True)}
        assert decode_levels(pixels, masks).tolist() == [[-1]]


def test_missing_or_unequal_masks_are_told():
    masks = make_mask_set(even(4))
    with pytest.raises(FileFormatError, match=r"layers \[2\] are missing; found \[1\]"):
        decode_levels({1: np.ones((2, 2), bool)}, masks)
    with pytest.raises(FileFormatError, match="different shapes"):
        decode_levels({1: np.ones((2, 2), bool), 2: np.ones((2, 3), bool)}, masks)


@settings(max_examples=40, deadline=None)
@given(arrays(bool, (5, 7)))
def test_pixels_come_back_from_placed_rectangles(mask):
    placement = place_pixels(mask.shape, 1_500_000)
    placed = placement.place(merged_rectangles(mask))
    assert (pixels_of_rectangles(placed, placement) == mask).all()


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        ([[0, 0, 1500, 1501]], "M1: 1 rectangles are off the pixel grid"),
        ([[0, 0, 1500, 4500]], "M1: rectangles lie outside the optic of 4 x 4 pixels"),
        ([[-4500, 0, 1500, 1500]], "outside the optic"),
        ([[0, 0, 3000, 1500], [1500, 0, 3000, 3000]], "M1: rectangles overlap"),
    ],
)
def test_rectangles_that_are_no_pixels_are_told(corners, message):
    with pytest.raises(FileFormatError, match=message):
        pixels_of_rectangles(np.array(corners), place_pixels((4, 4), 1_500_000), "M1")


@pytest.mark.parametrize("count", [2, 4, 8, 16])
def test_the_levels_of_the_etching_process_need_no_more_than_its_own_etches(count):
    profile = load_profile("binary-optics-fused-silica")
    table = level_table(profile, wavelength_um=0.633, medium_index=1.0, levels=count, material_index=1.457)
    masks = make_mask_set(np.rint(table.height_um * 1e6).astype(np.int64), "binary", "etch")
    assert [mask.depth_pm for mask in masks.masks] == np.rint(table.mask_depth_um * 1e6).tolist()


def test_slices_of_a_printer_that_do_not_add_up_are_refused():
    table = level_table(
        load_profile("2pp-63x-ip-dip"), wavelength_um=0.785, medium_index=1.0, levels=8, material_index=1.5429
    )
    heights = np.rint(table.height_um * 1e6).astype(np.int64)
    with pytest.raises(ConfigError, match=r"binary masks of .* nm can't make these levels: code"):
        make_mask_set(heights, "binary", "add")
    assert len(make_mask_set(heights, "staircase", "add").masks) == 7
