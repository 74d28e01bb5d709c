"""The tables of a process profile. Every key is optional: an unknown number stays away."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from fabdesign.materials import Dispersion, Mark
from fabdesign.process.machine_rules import Exposure, Limits
from fabdesign.process.marked import Marked, NonNegative, Positive, Section, Spread, Whole


def _beside_the_profile(path: str | None, info: ValidationInfo) -> str | None:
    folder = (info.context or {}).get("folder")
    if path is None or folder is None or Path(path).is_absolute():
        return path
    return str(Path(folder) / path)


class Machine(Section):
    """The machine and the files it takes."""

    vendor: str = ""
    model: str = ""
    objective: str = ""
    software: str = ""
    accepts: tuple[str, ...] = ()


class Resin(Section):
    """The material: its index, how well that is known, and how it shrinks.

    Attributes:
        name: entry of the material library, or a TOML file beside the profile; absent if none is known.
        resin: trade name, for people.
        dispersion: n(λ) given in the profile itself, instead of ``name``.
        dispersion_mark: mark of that dispersion.
        dispersion_source: where that dispersion was published.
        n_sigma: standard deviation of the index.
        absorption_k: imaginary part of the index.
        shrink_xy: relative shrinkage in the plane, mean and sigma.
        shrink_z: relative shrinkage in height, mean and sigma.
    """

    name: str | None = None
    resin: str = ""
    dispersion: Dispersion | None = None
    dispersion_mark: Mark = "assumed"
    dispersion_source: str = ""
    n_sigma: NonNegative | None = None
    absorption_k: NonNegative | None = None
    shrink_xy: Spread = Spread()
    shrink_z: Spread = Spread()

    @field_validator("name")
    @classmethod
    def _resolve(cls, name: str | None, info: ValidationInfo) -> str | None:
        return _beside_the_profile(name, info) if name and name.endswith(".toml") else name


class Lateral(Section):
    """What the machine resolves in the plane.

    Attributes:
        pixel_min_um: smallest pixel.
        voxel_fwhm_um: width of the writing spot.
        min_feature_um: narrowest drawn feature.
        min_space_um: narrowest gap between drawn features.
        grid_nm: manufacturing grid, on which every corner must lie.
        edge_bias_um: printed width less drawn width, mean and sigma; each edge moves by half of it.
        blur_sigma_um: standard deviation of the lateral blur.
        dead_pixel_fraction: share of pixels that fail.
    """

    pixel_min_um: Positive | None = None
    voxel_fwhm_um: Positive | None = None
    min_feature_um: Positive | None = None
    min_space_um: Positive | None = None
    grid_nm: Positive | None = None
    edge_bias_um: Spread = Spread()
    blur_sigma_um: NonNegative | None = None
    dead_pixel_fraction: NonNegative | None = None


class HeightSigma(Section):
    """Standard deviations of height: one offset for a print, one for each level, one for each pixel, nm.

    ``correlation_um`` is the length over which the error of a pixel goes on.
    """

    global_: NonNegative | None = Field(default=None, alias="global")
    per_level: NonNegative | None = None
    per_pixel: NonNegative | None = None
    correlation_um: NonNegative | None = None


class Axial(Section):
    """What the machine resolves in height.

    Attributes:
        voxel_um: height of the writing spot.
        slice_um: distance of the slices; printed heights are multiples of it.
        hatch_um: distance of the lines within a slice.
        level_step_max_nm: tallest step between neighbouring levels.
        neighbour_step_max_nm: tallest step between neighbouring pixels.
        height_sigma_nm: random height errors.
        depth_gain_sigma: relative error common to all heights.
        aspect_max: greatest height / width.
        height_max_um: tallest relief.
        height_curve_csv: file beside the profile of written and printed heights, um, and if known sigma.
    """

    voxel_um: Positive | None = None
    slice_um: Positive | None = None
    hatch_um: Positive | None = None
    level_step_max_nm: Positive | None = None
    neighbour_step_max_nm: Positive | None = None
    height_sigma_nm: HeightSigma = HeightSigma()
    depth_gain_sigma: NonNegative | None = None
    aspect_max: Positive | None = None
    height_max_um: Positive | None = None
    height_curve_csv: str | None = None

    @field_validator("height_curve_csv")
    @classmethod
    def _resolve(cls, path: str | None, info: ValidationInfo) -> str | None:
        return _beside_the_profile(path, info)


class StitchSigma(Section):
    """Standard deviation of the place of a writing field, um: in the plane and in height."""

    xy: NonNegative | None = None
    z: NonNegative | None = None


class FieldOfView(Section):
    """The area written without moving the stage.

    ``tilt_mrad`` and ``curvature_nm`` (sag at the edge of a field) are standard deviations.
    """

    shape: Literal["circle", "square"] | None = None
    size_um: Positive | None = None
    stitch_overlap_um: NonNegative | None = None
    stitch_sigma_um: StitchSigma = StitchSigma()
    tilt_mrad: NonNegative | None = None
    curvature_nm: NonNegative | None = None


class Placement(Section):
    """Standard deviations of where a layer sits, um: dx, dy across and dz along the light."""

    dx: NonNegative | None = None
    dy: NonNegative | None = None
    dz: NonNegative | None = None


class Assembly(Section):
    """How well layers meet when they are put together in one way.

    ``sigma_um``, ``tilt_mrad`` and ``rot_mrad`` are standard deviations for each layer;
    ``spacing_sigma_um`` is that of a gap common to all layers.
    """

    sigma_um: Placement = Placement()
    spacing_sigma_um: NonNegative | None = None
    tilt_mrad: NonNegative | None = None
    rot_mrad: NonNegative | None = None


class Support(Section):
    """What the frame and the posts of layers printed together have to keep to.

    Attributes:
        height_max_um: tallest print.
        span_max_um: widest plate between what carries it.
        post_aspect_max: greatest height / width of a post.
        drain_min_um: narrowest opening that resin leaves a cavity by.
    """

    height_max_um: Positive | None = None
    span_max_um: Positive | None = None
    post_aspect_max: Positive | None = None
    drain_min_um: Positive | None = None


class Layers(Section):
    """Base and gaps, how layers are carried, and their placement as one stack or assembled from plates."""

    base_um: NonNegative | None = None
    gap_um: Positive | None = None
    support: Support = Support()
    stack: Assembly = Assembly()
    plates: Assembly = Assembly()


class Etch(Section):
    """One etch of a mask set: its bit, its depth, and how well depth and overlay are held."""

    bit: int = Field(ge=0, le=7, description="place of the etch in the coding, from 0")
    depth_nm: Positive = Field(description="depth of the etch")
    sigma_nm: NonNegative | None = None
    overlay_sigma_um: NonNegative | None = None


class MaskSet(Section):
    """Masks and etches of a multi-level relief.

    Attributes:
        coding: how levels are written in masks.
        depths: ``free`` where each design chooses its etch depths, ``fixed`` where ``etch`` lists them.
        depth_step_nm: grid of freely chosen depths.
        masks_max: greatest number of masks.
        depth_sigma: relative standard deviation of a freely chosen depth.
        overlay_sigma_um: standard deviation of the place of one mask on another.
        etch: the etches, where their depths are fixed.
        polygon_tone: whether drawn polygons are clear or dark on the plate.
        marks: alignment marks asked for.
        plate: size of the mask plate.
    """

    coding: Literal["binary", "staircase", "one-per-level", "gray"] = "binary"
    depths: Literal["free", "fixed"] = "free"
    depth_step_nm: Positive | None = None
    masks_max: Whole | None = None
    depth_sigma: NonNegative | None = None
    overlay_sigma_um: NonNegative | None = None
    etch: tuple[Etch, ...] = ()
    polygon_tone: Literal["clear", "dark"] | None = None
    marks: str = ""
    plate: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.depths == "fixed") != bool(self.etch):
            raise PydanticCustomError("etch", 'must list its etches exactly where depths is "fixed"')
        if sorted(etch.bit for etch in self.etch) != list(range(len(self.etch))):
            raise PydanticCustomError("etch", "must number the bits of its etches 0, 1, 2, … once each")
        return self


class Dose(Section):
    """Grey values and the contrast curve that turns them into height.

    Attributes:
        bits: grey levels are 2^bits.
        curve_csv: file beside the profile with two columns, grey value and height in um.
        invert: whether a higher grey value gives less height.
        exposures: how many exposures of doubling dose add up to a grey value; absent where one is enough.
        lsb_percent: share of the full dose that the weakest exposure gives.
    """

    bits: Whole | None = None
    curve_csv: str | None = None
    invert: bool = False
    exposures: Whole | None = None
    lsb_percent: Positive | None = None

    @field_validator("curve_csv")
    @classmethod
    def _resolve(cls, path: str | None, info: ValidationInfo) -> str | None:
        return _beside_the_profile(path, info)


class Setup(Section):
    """Standard deviations of the measurement: source, object and detector."""

    wavelength_sigma_nm: NonNegative | None = None
    bandwidth_nm: NonNegative | None = None
    source_angle_sigma_mrad: NonNegative | None = None
    centring_sigma_um: NonNegative | None = None
    detector_shift_sigma_um: NonNegative | None = None
    detector_noise: NonNegative | None = None


__all__ = [
    "Assembly",
    "Axial",
    "Dose",
    "Etch",
    "Exposure",
    "FieldOfView",
    "HeightSigma",
    "Lateral",
    "Layers",
    "Limits",
    "Machine",
    "Marked",
    "MaskSet",
    "Placement",
    "Resin",
    "Setup",
    "StitchSigma",
    "Support",
]
