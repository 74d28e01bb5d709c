"""The manifest: every file of a package with its hash, size, unit, box and counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from fabdesign.export.bundle.content import DESIGN, MANIFEST_FORMAT, Exported, Package
from fabdesign.export.bundle.facts import assembly_facts, layer_facts
from fabdesign.formats.written import Written


def manifest(package: Package, written: Mapping[str, Written]) -> bytes:
    """The manifest as JSON.

    Args:
        package: what the package is made from.
        written: size and hash of every other file, in the order of the package.
    """
    design, profile = package.design, package.profile
    known = {
        name: facts for exported in package.exported for name, facts in geometry_facts(package, exported)
    }
    record = {
        "format": MANIFEST_FORMAT,
        "name": package.name,
        "tool": {"name": "fabdesign", "version": metadata.version("fabdesign")},
        "design": {
            "file": DESIGN,
            "content": design.content_hash,
            "layers": design.layers,
            "pixels": list(design.pixels),
            "levels": design.height_of_level_um.shape[1],
            "pitch_um": design.physical.pitch_um,
            "wavelength_um": design.physical.wavelength_um,
        },
        "process": None if profile is None else {"name": profile.name, "version": profile.header.version},
        "formats": [_format(exported) for exported in package.exported],
        "files": [
            {"path": name, "role": _role(name, known, package), **size._asdict(), **known.get(name, {})}
            for name, size in written.items()
        ],
    }
    return dump_json(record)


def geometry_facts(package: Package, exported: Exported) -> list[tuple[str, dict[str, Any]]]:
    """The geometry files of a format by their names in the package, with what is known of each."""
    if "solid" in exported.result.report:
        return [(exported.layer_file(0), {"format": exported.format, **assembly_facts(exported)})]
    found: list[tuple[str, dict[str, Any]]] = []
    files = dict(exported.files())
    for layer, report in enumerate(exported.layers):
        main = exported.layer_file(layer)
        facts = {"format": exported.format, **layer_facts(package, exported, layer, files[main])}
        included = [str(Path(main).parent / part["file"]) for part in report.get("files", ())]
        found += [(name, {"format": exported.format, "layer": layer}) for name in included if name != main]
        found.append((main, facts))
    return found


def dump_json(record: object) -> bytes:
    """JSON for people and programs: indented, with sorted keys, and no number that is none."""
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False, default=_plain)
    return f"{text}\n".encode()


def _format(exported: Exported) -> dict[str, Any]:
    keys = ("warnings", "review", "coding", "tone", "polygon_tone", "grid_nm", "scale", "orientation")
    told = {key: exported.result.report[key] for key in keys if key in exported.result.report}
    return {"name": exported.format, "options": dict(exported.options), **told}


def _role(name: str, known: Mapping[str, Any], package: Package) -> str:
    if name in known:
        return "geometry"
    formats = {exported.format for exported in package.exported}
    return "companion" if name.split("/", maxsplit=1)[0] in formats else "document"


def _plain(value: Any) -> Any:
    """Numpy's numbers and arrays, and records."""
    for name in ("to_json", "to_dict", "tolist"):
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    return str(value)
