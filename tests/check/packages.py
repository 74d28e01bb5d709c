"""3MF packages made by hand, for tests of the reader."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="a" Target="/3D/3dmodel.model" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>'
    "</Relationships>"
)
TETRAHEDRON = (
    '<vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1.5" z="0"/>'
    '<vertex x="0" y="0" z="2e0"/></vertices><triangles><triangle v1="0" v2="2" v3="1"/>'
    '<triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="2" v2="0" v3="3"/>'
    "</triangles>"
)


def model_text(mesh=TETRAHEDRON, *, head='unit="micron"', item='objectid="1"', before="", extra="") -> str:
    """A model part with one mesh."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<model {head} xmlns="{CORE}">{extra}<resources>'
        f'<object id="1" type="model"><mesh>{mesh}</mesh></object></resources>'
        f"<build><item {item}/></build></model>"
    )


def package(path: Path, model: str | bytes, *, relations=RELATIONS, part="3D/3dmodel.model") -> Path:
    """A package around a model part."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("_rels/.rels", relations), (part, model)):
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    path.write_bytes(data.getvalue())
    return path


def repacked(path: Path, change) -> None:
    """The same package with its model part changed."""
    with zipfile.ZipFile(path) as archive:
        package(path, change(archive.read("3D/3dmodel.model").decode()))
