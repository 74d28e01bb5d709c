"""The project as frozen models: what ``fabdesign.toml`` may say, with ranges and defaults."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from fabdesign.config.geometry import geometry_findings
from fabdesign.config.kinds import kind_findings
from fabdesign.config.quantities import (
    AngleEitherWay,
    Length,
    LengthPair,
    PixelCounts,
    PositiveAngle,
    PositiveDuration,
    PositiveLength,
)

OptionValue = bool | int | float | str


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Source(_Table):
    """The light that meets the object."""

    kind: Literal["plane", "gaussian"] = Field("plane", description="shape of the beam")
    waist_um: PositiveLength | None = Field(
        None,
        alias="waist",
        description="1/e² intensity radius of a Gaussian beam; its waist is at the object",
    )

    @model_validator(mode="after")
    def _waist_goes_with_gaussian(self) -> Self:
        if self.kind == "gaussian" and self.waist_um is None:
            raise PydanticCustomError("waist", 'needs waist = "… um" when kind is "gaussian"')
        if self.kind == "plane" and self.waist_um is not None:
            raise PydanticCustomError("waist", 'has a waist, which only kind = "gaussian" knows')
        return self


def _kind_only(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


class Optics(_Table):
    """Light, layers and the distances between them."""

    wavelength_um: PositiveLength = Field(alias="wavelength", description="vacuum wavelength of the light")
    pitch_um: PositiveLength = Field(alias="pitch", description="edge of one square pixel of a layer")
    pixels: PixelCounts = Field(description="pixels of a layer: one number, or [ny, nx]")
    layers: int = Field(description="number of layers", ge=1, le=100)
    medium: str = Field("air", description="material between the layers: a name or a material file")
    gap_um: PositiveLength = Field(
        alias="gap", description="distance from one layer's modulation plane to the next, base plate included"
    )
    input_gap_um: PositiveLength = Field(
        alias="input_gap", description="distance from the object to the first layer's modulation plane"
    )
    detector_gap_um: PositiveLength = Field(
        alias="detector_gap", description="distance from the last layer's modulation plane to the detectors"
    )
    samples_per_pixel: int = Field(2, description="samples along the edge of a pixel", ge=1, le=8)
    model: Literal["thin", "thick"] = Field(
        "thin", description="how a layer acts on the light: a thin phase mask, or a relief passed in slices"
    )
    slice_um: PositiveLength = Field(
        default=0.1, alias="slice", description="largest thickness of a slice of the thick model"
    )
    source: Annotated[Source, BeforeValidator(_kind_only, json_schema_input_type=Source | str)] = Field(
        default_factory=lambda: Source.model_validate({}), description="the light that meets the object"
    )
    kernel_tolerance: float = Field(
        1e-3, description="relative error allowed in the propagation kernel", gt=0, le=0.1
    )


class Substrate(_Table):
    """The plate that a layer stands on; the light of the layer passes it right before the base."""

    material: str = Field(description="what it is made of: a name or a material file")
    thickness_um: PositiveLength = Field(alias="thickness", description="thickness of the plate")
    index: float | None = Field(
        None, description="refractive index at the wavelength, in place of the material's", gt=1, le=5
    )


class Process(_Table):
    """The machine that will make the layers, and what is asked of it."""

    profile: str = Field(description="process profile: a built-in name (fabdesign processes) or a .toml file")
    material: str | None = Field(
        None, description="printed material, in place of the profile's: a name or a material file"
    )
    index: float | None = Field(
        None, description="refractive index at the wavelength, in place of the material's", gt=1, le=5
    )
    levels: int = Field(8, description="number of height levels", ge=2, le=256)
    base_um: Length | None = Field(
        None,
        alias="base",
        description="thickness of the base plate under the relief; left out: the profile's",
    )
    substrate: Substrate | None = Field(
        None,
        description="plate under each layer, part of the gap before it, as --assembly plates needs; left "
        "out: none",
    )
    max_turns: int = Field(
        1,
        description="heights may reach this many turns of 2π; above 1 trades height for accuracy",
        ge=1,
        le=4,
    )


class Task(_Table):
    """What the device should do, and how the object and the detectors are laid out."""

    kind: Literal["classify", "phase-imaging", "beam-shaping"] = Field("classify", description="kind of task")
    dataset: str = Field(
        "mnist-small",
        description="embedded or generated data set, a folder of IDX, .npz or picture files, or an .npz",
    )
    dataset_options: dict[str, OptionValue] = Field(
        default_factory=dict, description="options of a generated data set, by its own names"
    )
    examples: int | None = Field(
        None, description="use only the first so many training examples; left out: all", ge=1
    )
    test_examples: int | None = Field(
        None, description="score on only the first so many test examples; left out: all", ge=1
    )
    validation: float = Field(
        0.0,
        description="share of the training data to hold out and to score on in place of the test data",
        ge=0,
        le=0.9,
    )
    encoder: Literal["phase", "amplitude"] = Field("phase", description="what the object does to the light")
    depth_rad: PositiveAngle = Field(
        default=3.141592653589793, alias="depth", description="phase of a full-white pixel (phase encoder)"
    )
    object_pixels: PixelCounts = Field(
        (28, 28), description="size of the object in layer pixels: one number, or [ny, nx]"
    )
    object_outside: Literal["transparent", "opaque"] = Field(
        "transparent", description="what surrounds the object in its plane"
    )
    detector_size_um: LengthPair | None = Field(
        None, alias="detector_size", description="size of a detector (classify): one length, or [x, y]"
    )
    detector_pitch_um: LengthPair | None = Field(
        None,
        alias="detector_pitch",
        description="distance between detector centres (classify): one length, or [x, y]",
    )
    readout: Literal["argmax", "pairs"] = Field(
        "argmax",
        description="the brightest detector wins (classify), or that of the best differential pair",
    )
    output_pixel_um: PositiveLength | None = Field(
        None,
        alias="output_pixel",
        description="edge of a square of the picture at the detectors; left out: that of the object or layer",
    )
    gain: float = Field(
        1.0, description="phase over depth is this times the intensity (phase-imaging)", gt=0, le=1e6
    )
    target: str | None = Field(
        None, description="grey picture that the light shall draw (beam-shaping): a .png file"
    )
    spots: PixelCounts | None = Field(
        None, description="spots that the light shall draw (beam-shaping): one number, or [ny, nx]"
    )
    spot_pitch_um: PositiveLength | None = Field(
        None, alias="spot_pitch", description="distance between spots: a whole multiple of output_pixel"
    )


class Quantise(_Table):
    """How training learns levels in place of free phases."""

    method: str = Field("transmission", description="quantisation method; one of fabdesign's registry")
    options: dict[str, OptionValue] = Field(
        default_factory=dict, description="options of the method, by its own names"
    )


class Robustness(_Table):
    """What errs in training with ``train.robust``, and how often."""

    errors: list[str] | None = Field(
        None, description="errors to train with, by name; left out: all that the process has a number for"
    )
    sizes: dict[str, float | str] = Field(
        default_factory=dict,
        description='sizes in place of the process\'s, by name: layer-shift = "0.2 um", height-gain = "2 %"',
    )
    scale: float = Field(1.0, description="factor on the standard deviations of all errors", gt=0, le=10)
    share: float = Field(
        1.0, description="share of the copies that err; the others are as expected, blur included", ge=0, le=1
    )
    copies: int = Field(1, description="copies of the device in a step; each sees its part", ge=1, le=1024)
    warm_up: float = Field(
        0.0, description="share of training in which errors grow from 0 to their size", ge=0, le=1
    )
    built: Literal["stack", "plates"] | None = Field(
        None, description="how the layers meet; left out: what the process has numbers for, a stack first"
    )


class Train(_Table):
    """The optimiser and its budget."""

    epochs: int = Field(description="passes over the training data", ge=1, le=100_000)
    batch: int = Field(64, description="images per step", ge=1, le=65_536)
    learning_rate: float = Field(0.05, description="peak learning rate of Adam", gt=0, le=10)
    coarse: float = Field(
        0.0, description="first share of the steps, at one sample for a square pixel to save time", ge=0, lt=1
    )
    loss: Literal["cross-entropy", "mse", "berhu", "ssim"] | None = Field(
        None,
        description="what the optimiser lowers; left out: cross-entropy, berhu or mse, by the kind of task",
    )
    label_smoothing: float = Field(
        0.0, description="share of each label that goes to all classes alike, in cross-entropy", ge=0, lt=1
    )
    soft_labels: str | None = Field(
        None,
        description="probabilities of the classes for each training example, to ask for in place of its "
        "label in cross-entropy: an .npy file",
    )
    shift: int = Field(
        0, description="each training image is moved at random by up to so many of its pixels", ge=0, le=64
    )
    turn_rad: AngleEitherWay = Field(
        0.0, alias="turn", description="each training image is turned at random by up to this angle"
    )
    stretch: float = Field(
        0.0,
        description="each training image is stretched at random along x and y by up to this share",
        ge=0,
        le=0.5,
    )
    augment_until: float = Field(
        1.0,
        description="first share of the steps whose images are moved, turned and stretched; the rest see "
        "them as they are",
        ge=0,
        le=1,
    )
    efficiency_weight: float = Field(
        0.0, description="weight of the light that misses the detectors, in the loss", ge=0, le=100
    )
    robust: bool = Field(
        False, description="train on copies of the device with the errors that the process profile states"
    )
    robustness: Robustness = Field(
        default_factory=lambda: Robustness.model_validate({}),
        description="what errs in training with robust = true",
    )
    step_weight: float = Field(
        0.0, description="weight of steps between neighbouring pixels, in the loss", ge=0, le=1e6
    )
    step_um: Length | None = Field(
        None,
        alias="step",
        description="step that costs nothing; left out: axial.neighbour_step_max_nm of the process, else 0",
    )
    feature_weight: float = Field(
        0.0, description="weight of features and gaps that are too narrow, in the loss", ge=0, le=1e6
    )
    feature_um: PositiveLength | None = Field(
        None,
        alias="feature",
        description="narrowest feature and gap; left out: lateral.min_feature_um and min_space_um",
    )
    polish: int = Field(
        0, description="rounds, after training, that move single pixels to better levels", ge=0, le=100_000
    )
    polish_examples: int = Field(256, description="training examples of each such round", ge=1)
    seed: int = Field(0, description="seed of all randomness", ge=0, lt=2**63)
    micro_batch: int | None = Field(
        None, description="images propagated at a time; left out: chosen to stay in the cache", ge=1
    )
    threads: int | None = Field(None, description="CPU threads; left out: all", ge=1, le=1024)
    memory_gb: float | None = Field(
        None,
        description="memory that training may use, in GB; left out: what the machine has left",
        gt=0,
        le=1e6,
    )
    checkpoint_every_s: PositiveDuration = Field(
        default=60.0, alias="checkpoint_every", description="time between checkpoints within an epoch"
    )
    device: str = Field(
        "cpu", description="where to compute: cpu, cuda, cuda:1 or mps", pattern=r"^(cpu|cuda(:\d+)?|mps)$"
    )


class Project(_Table):
    """One optical device to train and print: everything ``fabdesign.toml`` says."""

    name: str = Field(
        description="name of the project; run folders carry it", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    )
    optics: Optics
    process: Process
    task: Task
    quantise: Quantise = Field(default_factory=lambda: Quantise.model_validate({}))
    train: Train

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        findings = kind_findings(self) or geometry_findings(self)
        if findings:
            raise PydanticCustomError("geometry", "does not fit together", {"findings": findings})
        return self


def json_schema() -> dict[str, Any]:
    """JSON Schema of ``fabdesign.toml``, with keys and units as the user writes them.

    >>> json_schema()["properties"]["name"]["type"]
    'string'
    """
    schema = Project.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "fabdesign.toml"}
