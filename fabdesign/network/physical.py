"""From what the user asked for to the physical record of the device."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fabdesign.config import Project, detector_centres_um
from fabdesign.design import (
    Detector,
    Encoder,
    GaussianSource,
    Optical,
    PairsReadout,
    PhaseImageReadout,
    Physical,
    PlaneSource,
    Readout,
    Slab,
)
from fabdesign.errors import ConfigError
from fabdesign.materials import load_material
from fabdesign.network.target import target_readout
from fabdesign.process import LevelTable, PrintedIndex, Profile, level_table, load_profile, printed_index
from fabdesign.units import format_length


@dataclass(frozen=True)
class Making:
    """What a project's layers are made of and on: profile, indices and base.

    Args:
        project: what the user asked for.
    """

    project: Project

    @cached_property
    def profile(self) -> Profile:
        """The process profile.

        Raises:
            ConfigError: there is no such profile.
        """
        return load_profile(self.project.process.profile)

    @cached_property
    def medium(self) -> Optical:
        """The medium around the layers with its index at the wavelength."""
        material = load_material(self.project.optics.medium)
        return Optical(name=material.name, index=float(material.index(self.project.optics.wavelength_um)))

    @cached_property
    def printed(self) -> PrintedIndex:
        """The printed material with its index at the wavelength."""
        process = self.project.process
        return printed_index(
            self.profile, self.project.optics.wavelength_um, material=process.material, index=process.index
        )

    @property
    def base_um(self) -> float:
        """Thickness of the base: the project's, else the profile's, else none."""
        if self.project.process.base_um is not None:
            return self.project.process.base_um
        return 0.0 if self.profile.base_um is None else self.profile.base_um.value

    @cached_property
    def plate(self) -> tuple[Slab, ...]:
        """What lies right before the modulation plane of each layer: its substrate and its base, if any.

        Raises:
            ConfigError: the index of the substrate is not known at the wavelength.
        """
        substrate, slabs = self.project.process.substrate, []
        if substrate is not None:
            index = substrate.index
            if index is None:
                index = float(load_material(substrate.material).index(self.project.optics.wavelength_um))
            slabs.append(Slab(what="substrate", thickness_um=substrate.thickness_um, index=index))
        if self.base_um > 0:
            slabs.append(Slab(what="base", thickness_um=self.base_um, index=self.printed.index))
        return tuple(slabs)

    def table(self) -> LevelTable:
        """Return the levels that the process makes at the project's wavelength.

        Raises:
            ConfigError: the process cannot make so many levels.
        """
        return level_table(
            self.profile,
            wavelength_um=self.project.optics.wavelength_um,
            medium_index=self.medium.index,
            levels=self.project.process.levels,
            material_index=self.printed.index,
            max_turns=self.project.process.max_turns,
        )


def process_table(project: Project) -> LevelTable:
    """Return the levels that a project's process makes.

    Raises:
        ConfigError: the process is unknown or cannot make them.
    """
    return Making(project).table()


def physical_record(
    project: Project, image_pixels: tuple[int, int] | None = None, classes: int = 0
) -> Physical:
    """Return the physical record of a project's device.

    The modulation plane of a layer is the top of its base. So light passes what the gap leaves, then the
    substrate if there is one, then the base, on its way to each layer (a distance in the project is from
    plane to plane, substrate and base included), and the detector gap alone behind the last one.

    Args:
        project: what the user asked for.
        image_pixels: rows and columns of the images; by default those of the object.
        classes: how many classes the detectors shall tell apart.

    Raises:
        ConfigError: substrate and base are thicker than a gap, or images, detectors or target do not fit on
            the layers.
        FileFormatError: the target cannot be read.
    """
    making = Making(project)
    optics = project.optics
    before = [optics.input_gap_um] + [optics.gap_um] * (optics.layers - 1)
    spaces = [_space(making, distance) for distance in before]
    behind = Slab(what="gap", thickness_um=optics.detector_gap_um, index=making.medium.index)
    return Physical(
        wavelength_um=optics.wavelength_um,
        pitch_um=optics.pitch_um,
        medium=making.medium,
        material=Optical(name=making.printed.name, index=making.printed.index),
        process=making.profile.name,
        spaces=(*spaces, (behind,)),
        source=_source(project),
        **_seen(project, image_pixels or project.task.object_pixels, classes),
    )


def _seen(project: Project, image_pixels: tuple[int, int], classes: int) -> dict[str, Any]:
    """What goes in and what is measured, by the kind of task."""
    match project.task.kind:
        case "beam-shaping":
            return {"readout": target_readout(project)}
        case "phase-imaging":
            encoder = _encoder(project, image_pixels)
            return {"encoder": encoder, "readout": _phase_image(project, encoder)}
    pairs = project.task.readout == "pairs"
    return {
        "encoder": _encoder(project, image_pixels),
        "detectors": _detectors(project, classes, ("+", "-") if pairs else ("",)),
        "readout": PairsReadout() if pairs else Readout(),
    }


def _phase_image(project: Project, encoder: Encoder) -> PhaseImageReadout:
    side_um = project.task.output_pixel_um or encoder.pixel_um
    for count, pixels in zip(encoder.pixels, project.optics.pixels, strict=True):
        if count * side_um > pixels * project.optics.pitch_um * (1 + 1e-9):
            raise ConfigError(
                f"the picture must fit on the layers: {count} pixels of {format_length(side_um)} span "
                f"{format_length(count * side_um)}, and optics.pixels × optics.pitch is "
                f"{format_length(pixels * project.optics.pitch_um)}.",
                hint="Make task.output_pixel smaller, or use more layer pixels.",
            )
    return PhaseImageReadout(pixels=encoder.pixels, pixel_um=side_um, gain=project.task.gain)


def _space(making: Making, distance_um: float) -> tuple[Slab, ...]:
    plate_um = sum(slab.thickness_um for slab in making.plate)
    if plate_um >= distance_um:
        parts = " and ".join(f"{slab.what} of {format_length(slab.thickness_um)}" for slab in making.plate)
        raise ConfigError(
            f"a layer's plate must be thinner than the gap before it, {format_length(distance_um)}; "
            f"got a {parts}.",
            hint="Set process.base or process.substrate.thickness lower, or enlarge optics.gap and "
            "optics.input_gap.",
        )
    gap = Slab(what="gap", thickness_um=distance_um - plate_um, index=making.medium.index)
    return gap, *making.plate


def _source(project: Project) -> PlaneSource | GaussianSource:
    source = project.optics.source
    return PlaneSource() if source.waist_um is None else GaussianSource(waist_um=source.waist_um)


def _encoder(project: Project, image_pixels: tuple[int, int]) -> Encoder:
    task = project.task
    scale = task.object_pixels[0] // image_pixels[0]
    if scale < 1 or (image_pixels[0] * scale, image_pixels[1] * scale) != tuple(task.object_pixels):
        raise ConfigError(
            f"task.object_pixels must be {list(image_pixels)}, the size of the images, or a whole multiple "
            f"of it; got {list(task.object_pixels)}.",
            hint=f"Set task.object_pixels = {list(image_pixels)}.",
        )
    return Encoder(
        kind=task.encoder,
        depth_rad=task.depth_rad,
        pixels=image_pixels,
        pixel_um=project.optics.pitch_um * scale,
        outside=task.object_outside,
    )


def _detectors(project: Project, classes: int, signs: tuple[str, ...]) -> tuple[Detector, ...]:
    size, pitch = project.task.detector_size_um, project.task.detector_pitch_um
    if size is None or pitch is None:
        raise ConfigError("task.detector_size and task.detector_pitch are missing.")
    centres = detector_centres_um(classes * len(signs), pitch)
    ny, nx = project.optics.pixels
    half = nx * project.optics.pitch_um / 2, ny * project.optics.pitch_um / 2
    if any(abs(c[axis]) + size[axis] / 2 > half[axis] * (1 + 1e-9) for c in centres for axis in (0, 1)):
        raise ConfigError(
            f"the {len(centres)} detectors, {len(signs)} for each class of the data, must fit on the layers, "
            f"{format_length(2 * half[0])} × {format_length(2 * half[1])}; they do not.",
            hint="Make task.detector_pitch smaller, or use more pixels.",
        )
    labels = [f"{label}{sign}" for label in range(classes) for sign in signs]
    return tuple(
        Detector(label=label, centre_um=centre, size_um=size)
        for label, centre in zip(labels, centres, strict=True)
    )
