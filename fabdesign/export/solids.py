"""What formats of solids share: one closed solid per layer in its own file, or all layers put together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast, runtime_checkable

from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.export.options import check_known, choice, profile_option
from fabdesign.export.registry import Exporter, Report
from fabdesign.formats.atomic import atomic_file
from fabdesign.relief import Relief
from fabdesign.relief.assembly import ASSEMBLIES, OPTIONS, Assembly, assemble

MESHES = ("merged", "pixels")
"""Values of the option "mesh": the fewest triangles that a closed mesh can have, or the quickest to make."""

CONTACTS = ("split", "pulled")
"""Values of the option "contacts": where pixels touch along an edge, two vertices in one place, which is
exact; or corners pulled in as in STL, for programs that forget which vertex a triangle named."""

Chosen = Mapping[str, str]
"""A value for each of a format's options on its mesh."""

WriteLayer = Callable[[Relief, int, IO[bytes], Chosen], Report]
"""Writes one layer to a stream, and reports what is in it."""

WriteAssembly = Callable[[Relief, Assembly, IO[bytes], Chosen], Report]
"""Writes layers put together to a stream, and reports what is in it."""


@runtime_checkable
class Assembling(Protocol):
    """A format that layers put together can be written in."""

    def assembled(self, kind: str) -> Exporter:
        """What writes them so."""


def is_exact(chosen: Chosen) -> bool:
    """Whether vertices stay on their pixel corners.

    >>> is_exact({"mesh": "merged"}), is_exact({"mesh": "merged", "contacts": "split"})
    (False, True)
    """
    return chosen.get("contacts") == "split"


@dataclass(frozen=True)
class SolidExporter:
    """A format of which each file holds one layer as a solid.

    Args:
        name: of the format; also the suffix of its files.
        summary: for people.
        write_layer: writes one layer.
        write_assembly: writes layers put together.
        choices: the format's options on its mesh, with their values; the first is the default.
    """

    name: str
    summary: str
    write_layer: WriteLayer
    write_assembly: WriteAssembly
    choices: Mapping[str, Sequence[str]]
    context: tuple[str, ...] = ("profile", "physical")

    def assembled(self, kind: str) -> AssemblyExporter:
        """The same for layers put together."""
        return AssemblyExporter(self, kind)

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        check_known(options, (*self.choices, "assembly", *OPTIONS, *self.context))
        mesh, kind = self.chosen(options)["mesh"], choice(options, "assembly", ASSEMBLIES)
        stated = [name for name in OPTIONS if name in options]
        if kind == "layers" and stated:
            raise ConfigError(
                f"Export option {stated[0]!r} belongs to layers put together.",
                hint="Add --assembly stack or --assembly plates.",
            )
        if kind != "layers" and mesh != "merged":
            raise ConfigError(f"Layers put together are meshed as 'merged'; got {mesh!r}.")

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The files that an export would write, in the order of the layers."""
        return tuple(folder / f"{relief.name}-layer{layer:02d}.{self.name}" for layer in range(relief.layers))

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        chosen = self.chosen(options)
        relief.require_base()
        with contextlib.ExitStack() as stack:
            layers = []
            for layer, path in enumerate(paths):
                stream = stack.enter_context(atomic_file(path, "w+b"))
                layers.append({"file": path.name, **self.write_layer(relief, layer, stream, chosen)})
        return {"format": self.name, "unit": "um", "assembly": "layers", "layers": layers}

    def chosen(self, options: Mapping[str, object]) -> Chosen:
        """A value for each of the options on the mesh."""
        return {name: choice(options, name, values) for name, values in self.choices.items()}


@dataclass(frozen=True)
class AssemblyExporter:
    """A format of solids of which one file holds all layers, put together.

    Args:
        solids: the format.
        kind: how they are put together.
    """

    solids: SolidExporter
    kind: str

    @property
    def name(self) -> str:
        """Name of the format."""
        return self.solids.name

    @property
    def summary(self) -> str:
        """For people."""
        return self.solids.summary

    @property
    def context(self) -> tuple[str, ...]:
        """Options that `export_design` fills in."""
        return self.solids.context

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        self.solids.check_options(options)

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The one file that an export would write."""
        return (folder / f"{relief.name}-{self.kind}.{self.name}",)

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the file, and say what is in it."""
        (path,), chosen = paths, self.solids.chosen(options)
        assembly = assemble(
            self.kind,
            relief,
            cast("Physical | None", options.get("physical")),
            profile_option(options),
            options,
            exact=is_exact(chosen),
        )
        with atomic_file(path, "w+b") as stream:
            written = self.solids.write_assembly(relief, assembly, stream, chosen)
        solid = {"file": path.name, "bodies": assembly.bodies, **written}
        return {
            "format": self.name,
            "unit": "um",
            "assembly": self.kind,
            "solid": solid,
            "layers": [{"file": path.name, "layer": layer} for layer in range(relief.layers)],
            "geometry": assembly.facts,
            "warnings": list(assembly.warnings),
        }


def exporter_for(exporter: Exporter, options: Mapping[str, object]) -> Exporter:
    """The exporter that writes layers put together where the options ask for that; else the same one."""
    kind = str(options.get("assembly", ASSEMBLIES[0]))
    if isinstance(exporter, Assembling) and kind != ASSEMBLIES[0]:
        return exporter.assembled(kind)
    return exporter
