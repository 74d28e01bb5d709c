"""What a user should know of a mask set before sending it: features too small, layers or files too large."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fabdesign.export.masks.compose import LayerMasks
from fabdesign.export.masks.layer_table import MaskRow
from fabdesign.process import Profile

_CLASSIC_LAYERS = 255


def mask_warnings(planned: Sequence[LayerMasks], sizes: Sequence[int]) -> list[str]:
    """All warnings of an export, each once.

    Args:
        planned: the layers, after they were written.
        sizes: bytes of each layer's file.
    """
    profile = planned[0].options.profile
    found = [layer.masks.warning for layer in planned]
    found += _layer_numbers(planned)
    if profile is not None:
        found += [text for layer in planned for row in layer.rows for text in _features(row, layer, profile)]
        found += _polygons(planned, profile)
        found += _extents(planned, profile)
        found += _sizes(planned, sizes, profile)
    return list(dict.fromkeys(text for text in found if text))


def _layer_numbers(planned: Sequence[LayerMasks]) -> Iterator[str]:
    highest = max(mask.layer for layer in planned for mask in layer.masks.masks)
    if highest > _CLASSIC_LAYERS:
        yield f"Layers go up to {highest}; some tools read layer numbers up to {_CLASSIC_LAYERS} only."


def _features(row: MaskRow, layer: LayerMasks, profile: Profile) -> Iterator[str]:
    feature, space = profile.lateral.min_feature_um, profile.lateral.min_space_um
    named = (("drawn feature", row.drawn_um, feature), ("space", row.space_um, space))
    for what, length, least in named:
        if length is not None and least is not None and length < least.value - 1e-9:
            yield (
                f"{layer.file}: the smallest {what} of {row.mask} is {length:g} um, "
                f"below the {least.value:g} um ({least.mark}) of {profile.name}."
            )


def _polygons(planned: Sequence[LayerMasks], profile: Profile) -> Iterator[str]:
    if profile.limits.rectangles_only and any(layer.options.merged for layer in planned):
        source = f" ({profile.limits.source})" if profile.limits.source else ""
        yield f"{profile.name} writes rectangles better than merged polygons{source}."


def operator_choices(profile: Profile | None) -> list[str]:
    """What the operator must choose or know for these files on this machine."""
    if profile is None:
        return []
    limits, found = profile.limits, []
    if limits.overlap_modes:
        modes = ", ".join(limits.overlap_modes)
        found.append(
            f"Overlap mode ({modes}): any will do, the rectangles of a layer and datatype do not overlap."
        )
    if limits.text == "ignored":
        found.append("Texts on layer 127 are notes, which the machine leaves out; labels are polygons.")
    return found


def _extents(planned: Sequence[LayerMasks], profile: Profile) -> Iterator[str]:
    most = profile.limits.max_extent_mm
    for layer in planned:
        box = layer.placement.box if layer.sheet is None else layer.sheet.die
        reach = max(map(abs, box)) * layer.placement.unit_um / 1e3
        if most is not None and reach > most.value:
            yield f"{layer.file} reaches ±{reach:g} mm; {profile.name} takes ±{most.value:g} mm."


def _sizes(planned: Sequence[LayerMasks], sizes: Sequence[int], profile: Profile) -> Iterator[str]:
    most = profile.limits.max_file_mb
    for layer, size in zip(planned, sizes, strict=True):
        if most is not None and size > most.value * 1e6:
            yield f"{layer.file} has {size / 1e6:.1f} MB; {profile.name} takes {most.value:g} MB."
