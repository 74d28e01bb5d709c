"""The chain of hashes: from a file to the design it was made from, and whether that design is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fabdesign.check.finding import Finding, error, warning
from fabdesign.check.header import HASH_DIGITS, HeaderTag
from fabdesign.check.readers.reading import LayerFile
from fabdesign.design import Design, load_design
from fabdesign.design.runs import DESIGN_NAME, find_among, find_design
from fabdesign.errors import ConfigError

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
    files: Sequence[LayerFile], design: DesignLike | None = None, runs_dir: str | os.PathLike[str] = "runs"
) -> Origin:
    """Find the design that files were made from: as named, beside them, or in the run folders.

    Args:
        files: opened files; the first that carries a hash decides.
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
    tagged = next((file for file in files if file.tag), None)
    if tagged is None or tagged.tag is None:
        raise ConfigError(
            f"{files[0].paths[0]} carries no hash of a design.",
            hint="Name the design that it was made from with --design.",
        )
    prefix = tagged.tag.hash_prefix
    folders = _folders(files)
    beside = find_among(_containers(folders), prefix)
    if beside is not None:
        return Origin(load_design(beside), beside, "beside the file")
    in_runs = find_design(Path(runs_dir), prefix)
    if in_runs is not None:
        return Origin(load_design(in_runs), in_runs, "in the run folders, by its hash")
    looked = ", ".join(str(folder / "*.safetensors") for folder in folders)
    raise ConfigError(
        f"{tagged.paths[0]} was made from the design with hash {prefix}…, which is neither beside it "
        f"({looked}) nor in {Path(runs_dir)}.",
        hint="Name the design with --design, or put its file beside this one.",
    )


def chain_findings(file: LayerFile, design: Design, layer: int | None) -> Iterator[Finding]:
    """Whether what a file says of itself belongs to a design.

    Args:
        file: an opened file.
        design: what it should have been made from.
        layer: which layer it will be compared with, if that is settled.
    """
    tag, path = file.tag, str(file.paths[0])
    if tag is None:
        yield error(
            "chain.header",
            f'The header names no design; it reads "{file.title[:40]}".',
            layer=layer,
            file=path,
            hint="The header was changed, or another tool wrote the file.",
        )
        return
    if not design.content_hash.startswith(tag.hash_prefix):
        yield error(
            "chain.other-design",
            f"The file was made from the design with hash {tag.hash_prefix}…, "
            f"not from {design.content_hash[:HASH_DIGITS]}….",
            layer=layer,
            file=path,
            hint="Export this design again, or name the design that the file was made from.",
        )
    elif tag.layers != design.layers:
        yield error(
            "chain.layers",
            f"The header speaks of {tag.layers} layers; the design has {design.layers}.",
            file=path,
            hint="The header was changed; export the design again.",
        )


def layers_of(files: Sequence[LayerFile], design: Design) -> tuple[list[int], list[Finding]]:
    """Which layer each file of one format is compared with: the one it claims, else the next free one.

    Args:
        files: opened files of one format, no more than the design has layers.
        design: their design.

    Returns:
        A layer for each file, and findings on layers that are there twice.
    """
    claimed = [_claimed_layer(file.tag, design) for file in files]
    free = [layer for layer in range(design.layers) if layer not in claimed]
    layers: list[int] = []
    findings = []
    for file, layer in zip(files, claimed, strict=True):
        if layer is None or layer in layers:
            if layer is not None:
                message = f"Layer {layer} is there twice; this file is taken for layer {free[0]}."
                findings.append(error("layer.repeated", message, file=str(file.paths[0]), layer=layer))
            layers.append(free.pop(0))
        else:
            layers.append(layer)
    return layers, findings


def missing_layers(layers: Sequence[int], design: Design) -> Iterator[Finding]:
    """A warning where files of some layers were not given."""
    missing = [layer for layer in range(design.layers) if layer not in layers]
    if missing:
        yield warning(
            "layer.missing",
            f"No file was given for layer {', '.join(map(str, missing))}; the design's own heights stand in.",
            count=len(missing),
            hint="Name the files of all layers to check the whole device.",
        )


def _claimed_layer(tag: HeaderTag | None, design: Design) -> int | None:
    return tag.layer if tag is not None and tag.layer < design.layers else None


def _folders(files: Sequence[LayerFile]) -> list[Path]:
    """The folders of files, then the folders above, where the files of a layer have a folder of their own."""
    own = [file.paths[0].parent for file in files]
    above = [folder.parent for folder in own if folder.name.endswith("-gwl")]
    return list(dict.fromkeys([*own, *above]))


def _containers(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(folder.glob("*.safetensors"))
