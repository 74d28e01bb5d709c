"""``fabdesign doctor``."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign_cli.console import emit_json, installed_version, result_table
from fabdesign_cli.options import json_option

_PACKAGES = ("fabdesign", "numpy", "scipy", "torch", "numpy-stl", "safetensors", "pydantic", "matplotlib")
_ENOUGH_DISK_BYTES = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    name: str
    ok: bool
    says: str


@click.command()
@json_option
def command(*, as_json: bool) -> int:
    """Look over this installation: versions, threads, disk, and a light wave against its closed form."""
    findings = [_look(name, probe) for name, probe in _PROBES.items()]
    ok = all(finding.ok for finding in findings)
    if as_json:
        emit_json({"ok": ok, "findings": [asdict(finding) for finding in findings]})
    else:
        result_table([("ok" if finding.ok else "FAILS", finding.name, finding.says) for finding in findings])
    return ExitCode.DONE if ok else ExitCode.FINDINGS


def _look(name: str, probe: Callable[[], tuple[bool, str]]) -> Finding:
    try:
        return Finding(name, *probe())
    except Exception as error:  # a doctor reports whatever goes wrong
        return Finding(name, False, f"{type(error).__name__}: {error}")


def _python() -> tuple[bool, str]:
    return sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}"


def _packages() -> tuple[bool, str]:
    versions = {package: installed_version(package) for package in _PACKAGES}
    missing = any(version.startswith("(") for version in versions.values())
    return not missing, ", ".join(f"{package} {version}" for package, version in versions.items())


def _threads() -> tuple[bool, str]:
    import os

    import torch

    return True, f"torch uses {torch.get_num_threads()} of {os.cpu_count()} processors"


def _allocator() -> tuple[bool, str]:
    from fabdesign.optics import tune_allocator

    return (
        True,
        "keeps memory for reuse" if tune_allocator() else "not tunable here; training takes a little longer",
    )


def _disk() -> tuple[bool, str]:
    import shutil

    free = shutil.disk_usage(Path.cwd()).free
    return free > _ENOUGH_DISK_BYTES, f"{free / 1e9:.1f} GB free in {Path.cwd()}"


def _writing() -> tuple[bool, str]:
    import tempfile

    from fabdesign.formats.atomic import write_bytes_atomic

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        file = Path(folder) / "probe"
        write_bytes_atomic(file, b"fabdesign")
        return file.read_bytes() == b"fabdesign", "a file can be written here"


def _light() -> tuple[bool, str]:
    """A Gaussian beam one Rayleigh length from its waist: 1/e² radius √2 times the waist."""
    import math

    from fabdesign.optics import Grid, Slab, build_kernel, gaussian_beam, propagate

    start = time.perf_counter()
    waist_um, wavelength_um = 12.0, 0.785
    grid = Grid((128, 128), 0.75)
    rayleigh_um = math.pi * waist_um**2 / wavelength_um
    kernel = build_kernel(grid, [Slab(rayleigh_um, 1.0)], wavelength_um)
    intensity = propagate(gaussian_beam(grid, waist_um), kernel).abs().square().double()
    x = grid.x_um()
    width_um = 2 * float((intensity.sum(0) * x.double() ** 2).sum() / intensity.sum()) ** 0.5
    error = width_um / (math.sqrt(2) * waist_um) - 1
    seconds = time.perf_counter() - start
    return abs(
        error
    ) < 0.01, f"a Gaussian beam widens as it should within {abs(error):.1e}, in {seconds:.2f} s"


_PROBES: dict[str, Callable[[], tuple[bool, str]]] = {
    "python": _python,
    "packages": _packages,
    "threads": _threads,
    "allocator": _allocator,
    "disk": _disk,
    "writing": _writing,
    "optics": _light,
}
