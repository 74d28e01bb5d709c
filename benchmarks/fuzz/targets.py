"""What is damaged: exports of a small design in every format that can be read back, designs, and packages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.kinds import Kind, kinds
from fabdesign import check_files
from fabdesign.check import verify_path
from fabdesign.design import Design, Optical, Physical, Slab, load_design, save_design
from fabdesign.export import export_design
from fabdesign.export.bundle import Exported, Package, write_bundle
from fabdesign.process import load_profile

PIXELS, LEVELS, STEP_UM, BASE_UM, SUBSTRATE_UM = (7, 9), 8, 0.18, 5.0, 30.0


@dataclass(frozen=True)
class Target:
    """One kind of file.

    Args:
        name: of the kind.
        files: those that are damaged, one at a time.
        others: files of the same kinds from another design, to splice from.
        read: reads them all; says "identical" or "named", or raises an error of fabdesign.
    """

    name: str
    files: Sequence[Path]
    others: Sequence[Path]
    read: Callable[[], str]


class WrongError(Exception):
    """A damaged file was taken for the design."""


def small_design(seed: int, layers: int = 1, *, substrate: bool = False) -> Design:
    """Layers of random levels.

    Args:
        seed: of the levels.
        layers: how many.
        substrate: whether each stands on glass of its own, as plates do.
    """
    rng = np.random.default_rng(seed)
    air, resin = Optical(name="air", index=1.0), Optical(name="ip-dip", index=1.5429)
    gap = Slab(what="gap", thickness_um=60.0, index=air.index)
    base = Slab(what="base", thickness_um=BASE_UM, index=resin.index)
    glass = Slab(what="substrate", thickness_um=SUBSTRATE_UM, index=1.4537)
    before = (gap, glass, base) if substrate else (gap, base)
    physical = Physical(
        wavelength_um=0.785,
        pitch_um=1.5,
        medium=air,
        material=resin,
        process="2pp-63x-ip-dip",
        spaces=(*[before] * layers, (gap,)),
    )
    heights = np.tile(np.round(np.arange(LEVELS) * STEP_UM, 6), (layers, 1))
    return Design(rng.integers(0, LEVELS, (layers, *PIXELS), dtype=np.uint8), heights, physical)


def target_names() -> list[str]:
    """All kinds: formats, layers put together, designs, packages."""
    return [*(kind.name for kind in kinds()), "design", "bundle"]


def make_target(name: str, folder: Path) -> Target:
    """Write the files of one kind.

    Args:
        name: one of `target_names`.
        folder: where to.
    """
    if name == "design":
        return _design(folder)
    if name == "bundle":
        return _bundle(folder)
    kind = next(kind for kind in kinds() if kind.name == name)
    together = kind.assembly != "layers"
    design, other = (
        small_design(seed, 2 if together else 1, substrate=kind.assembly == "plates") for seed in (1, 2)
    )
    files, others = (_export(each, kind, folder / part) for each, part in ((design, "a"), (other, "b")))

    def read() -> str:
        result = check_files([path for path in files if path.exists()], design, resimulate=False)
        if not result.levels_identical:
            return "named" if result.findings else _wrong("it is not identical, and nothing is said")
        if any(
            (each.comparison.levels != design.levels[each.comparison.layer]).any() for each in result.layers
        ):
            return _wrong("its levels are others")
        return "identical"

    return Target(name, files, others, read)


def _export(design: Design, kind: Kind, folder: Path) -> list[Path]:
    export_design(design, folder, kind.format, options=kind.options)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _design(folder: Path) -> Target:
    folder.mkdir(parents=True)
    design = small_design(1)
    paths = [folder / "a.safetensors", folder / "b.safetensors"]
    save_design(design, paths[0])
    save_design(small_design(2), paths[1])

    def read() -> str:
        found = load_design(paths[0])
        same = found.content_hash == design.content_hash and (found.levels == design.levels).all()
        return "identical" if same else _wrong("another design was read")

    return Target("design", paths[:1], paths[1:], read)


def _bundle(folder: Path) -> Target:
    paths = [small_bundle(small_design(seed), folder / str(seed)) for seed in (1, 2)]
    whole = verify_path(paths[0]).design_hash

    def read() -> str:
        found = verify_path(paths[0])
        if not found.ok:
            return "named"
        return "identical" if found.design_hash == whole else _wrong("another package was read")

    return Target("bundle", paths[:1], paths[1:], read)


def small_bundle(design: Design, folder: Path) -> Path:
    """A package of one layer in one format."""
    folder.mkdir(parents=True)
    save_design(design, folder / "any.safetensors")
    result = export_design(design, folder / "gds", "gds", stem="letter")
    found = check_files(result.paths, design, resimulate=False).to_dict()
    package = Package(
        "letter",
        design,
        folder / "any.safetensors",
        load_profile(design.physical.process),
        (Exported(folder / "gds", result, {}),),
        found,
        (),
    )
    write_bundle(folder / "letter.zip", package)
    return folder / "letter.zip"


def _wrong(why: str) -> str:
    raise WrongError(why)
