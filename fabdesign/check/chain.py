"""The chain of hashes: from a file to the design it was made from, and whether that design is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.header import HASH_DIGITS, HeaderTag
from fabdesign.check.stl_file import StlFile, open_stl
from fabdesign.design import Design, load_design
from fabdesign.design.runs import DESIGN_NAME, find_among, find_design
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.container import is_container

DesignLike = Design | str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class Origin:
    """The design behind some files.

    Args:
        design: the design, its hashes proved.
        path: its file; None where it was passed in.
        found: how it was found, in words.
    """

    design: Design
    path: Path | None
    found: str


def find_origin(
    files: list[StlFile], design: DesignLike | None = None, runs_dir: str | os.PathLike[str] = "runs"
) -> Origin:
    """Find the design that files were made from: as named, beside them, or in the run folders.

    Args:
        files: STL files; the first that carries a hash decides.
        design: a design, its file or its run folder, if known.
        runs_dir: folder of numbered runs.

    Raises:
        ConfigError: no file carries a hash and no design was named, or the design is nowhere to be found.
        FileFormatError: the design is damaged.
    """
    if isinstance(design, Design):
        return Origin(design, None, "given")
    if design is not None:
        path = Path(design)
        path = path / DESIGN_NAME if path.is_dir() else path
        return Origin(load_design(path), path, "named")
    prefix = next((file.tag.hash_prefix for file in files if file.tag), None)
    if prefix is None:
        raise ConfigError(
            f"{files[0].path} carries no hash of a design in its header.",
            hint="Name the design that it was made from with --design.",
        )
    folders = list(dict.fromkeys(file.path.parent for file in files))
    beside = find_among(_containers(folders), prefix)
    if beside is not None:
        return Origin(load_design(beside), beside, "beside the file")
    in_runs = find_design(Path(runs_dir), prefix)
    if in_runs is not None:
        return Origin(load_design(in_runs), in_runs, "in the run folders, by its hash")
    looked = ", ".join(str(folder / "*.safetensors") for folder in folders)
    raise ConfigError(
        f"{files[0].path} was made from the design with hash {prefix}…, which is neither beside it "
        f"({looked}) nor in {Path(runs_dir)}.",
        hint="Name the design with --design, or put its file beside this one.",
    )


def chain_findings(file: StlFile, design: Design, layer: int | None) -> Iterator[Finding]:
    """Whether a file's header belongs to a design.

    Args:
        file: an STL file.
        design: what it should have been made from.
        layer: which layer it will be compared with, if that is settled.
    """
    tag = file.tag
    if tag is None:
        text = file.header.split(b"\0")[0].decode("ascii", "backslashreplace").strip()
        yield error(
            "chain.header",
            f'The header names no design; it reads "{text[:40]}".',
            layer=layer,
            file=str(file.path),
            hint="The header was changed, or another tool wrote the file.",
        )
        return
    if tag.hash_prefix != design.content_hash[:HASH_DIGITS]:
        yield error(
            "chain.other-design",
            f"The file was made from the design with hash {tag.hash_prefix}…, "
            f"not from {design.content_hash[:HASH_DIGITS]}….",
            layer=layer,
            file=str(file.path),
            hint="Export this design again, or name the design that the file was made from.",
        )
    elif tag.layers != design.layers:
        yield error(
            "chain.layers",
            f"The header speaks of {tag.layers} layers; the design has {design.layers}.",
            file=str(file.path),
            hint="The header was changed; export the design again.",
        )


def layers_of(files: list[StlFile], design: Design) -> tuple[list[int], list[Finding]]:
    """Which layer of a design each file is to be compared with: by its header, else the next free one.

    Args:
        files: STL files.
        design: their design.

    Returns:
        A layer for each file, and findings on layers that are there twice.

    Raises:
        ConfigError: there are more files than layers.
    """
    if len(files) > design.layers:
        raise ConfigError(f"The design has {design.layers} layers; got {len(files)} files.")
    claimed = [_claimed_layer(file.tag, design) for file in files]
    free = [layer for layer in range(design.layers) if layer not in claimed]
    layers, findings = [], []
    for file, layer in zip(files, claimed, strict=True):
        if layer is None or layer in layers:
            if layer is not None:
                message = f"Layer {layer} is there twice; this file is taken for layer {free[0]}."
                findings.append(error("layer.repeated", message, file=str(file.path), layer=layer))
            layers.append(free.pop(0))
        else:
            layers.append(layer)
    return layers, findings


def missing_layers(layers: list[int], design: Design) -> Iterator[Finding]:
    """A warning where files of some layers were not given."""
    missing = [layer for layer in range(design.layers) if layer not in layers]
    if missing:
        yield warning(
            "layer.missing",
            f"No file was given for layer {', '.join(map(str, missing))}; the design's own heights stand in.",
            count=len(missing),
            hint="Name the files of all layers to check the whole device.",
        )


def open_all(paths: list[Path]) -> list[StlFile]:
    """Open STL files; a design file among them is told apart.

    Raises:
        ConfigError: no file was named, or one is a design.
        FileFormatError: a file is no binary STL.
    """
    if not paths:
        raise ConfigError("At least one file to check must be named.")
    for path in paths:
        if path.is_file() and path.suffix == ".safetensors" and is_container(path):
            raise ConfigError(
                f"{path} is a design, not an exported file.", hint="Name it with --design, or check it alone."
            )
        if path.is_dir():
            raise FileFormatError(f"{path} is a folder.", hint="Name the files in it.")
    return [open_stl(path) for path in paths]


def _claimed_layer(tag: HeaderTag | None, design: Design) -> int | None:
    return tag.layer if tag is not None and tag.layer < design.layers else None


def _containers(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.glob("*.safetensors"))
