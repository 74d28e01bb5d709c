"""The netlist of a chip: every heater with its phase and pads, every built-in phase, the ports."""

from __future__ import annotations

import hashlib
from typing import Any

from fabdesign.chip.circuit import LANES_PER_PORT
from fabdesign.export.circuit.chip import Chip
from fabdesign.formats import canonical_json
from fabdesign.process import Profile

NETLIST_FORMAT = "fabdesign-netlist 1.0"


def netlist(chip: Chip, *, design: str, layer: int, layers: int, file: str) -> dict[str, Any]:
    """The netlist as plain JSON values; lengths in µm, phases in rad.

    Args:
        chip: the chip.
        design: content hash of the design.
        layer: which chip of the design it is.
        layers: how many there are.
        file: name of the mask file.
    """
    unit_um = chip.sizes.unit_um

    def um(box: tuple[int, ...]) -> list[float]:
        return [round(at * unit_um, 6) for at in box]

    profile = chip.sizes.profile
    return {
        "format": NETLIST_FORMAT,
        "design": design,
        "layer": layer,
        "layers": layers,
        "circuit": chip.circuit.title,
        "file": file,
        "process": {"name": profile.name, "version": profile.header.version, "hash": profile_hash(profile)},
        "wavelength_um": chip.sizes.photonic.wavelength_um.value,
        "heaters": [
            {
                "name": heater.shifter.name,
                "phase_rad": heater.shifter.phase_rad,
                "device": heater.shifter.device,
                "box_um": um(heater.box),
                "pads": list(heater.pads),
            }
            for heater in chip.heaters
        ],
        "built_in": [
            {
                "name": passive.shifter.name,
                "phase_rad": passive.shifter.phase_rad,
                "drawn_rad": passive.drawn_rad,
                "device": passive.shifter.device,
                "box_um": um(passive.box),
            }
            for passive in chip.passives
        ],
        "pads": [{"number": pad.number, "box_um": um(pad.box)} for pad in chip.pads],
        "inputs": [_port(chip, lane, chip.box[0]) for lane in chip.circuit.inputs],
        "outputs": [_port(chip, lane, chip.box[2]) for lane in chip.circuit.outputs],
    }


def profile_hash(profile: Profile) -> str:
    """SHA-256 of all that a process says, 64 hex digits."""
    record = profile.model_dump(mode="json", by_alias=True)
    return hashlib.sha256(canonical_json.dumps(record)).hexdigest()


def _port(chip: Chip, lane: int, x: int) -> dict[str, Any]:
    unit_um = chip.sizes.unit_um
    at = [round(x * unit_um, 6), round(chip.floor.y(lane) * unit_um, 6)]
    return {"port": lane // LANES_PER_PORT, "at_um": at}
