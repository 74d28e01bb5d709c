"""Writing a GWL job: a folder for each layer, complete or not there."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fabdesign.errors import ConfigError
from fabdesign.export.job.gwl import GwlJob, job_files, plan_job
from fabdesign.export.job.options import parse_job_options
from fabdesign.export.registry import Report
from fabdesign.formats.atomic import writing
from fabdesign.relief import Relief


class GwlExporter:
    """GWL job text, one folder per layer: a master file, and the files it includes."""

    name = "gwl"
    summary = "GWL job text for Nanoscribe Photonic Professional, one folder per layer"
    context: tuple[str, ...] = ("profile", "physical")

    def check_options(self, options: Mapping[str, object]) -> None:
        """Refuse unknown or wrong options."""
        parse_job_options(options)

    def paths(self, relief: Relief, folder: Path) -> tuple[Path, ...]:
        """The master files in the order of the layers; what they include lies beside each."""
        names = [f"{relief.name}-layer{layer:02d}" for layer in range(relief.layers)]
        return tuple(folder / f"{name}-gwl" / f"{name}.gwl" for name in names)

    def write(self, relief: Relief, paths: tuple[Path, ...], options: Mapping[str, object]) -> Report:
        """Write the files, all or none, and say what is in them."""
        chosen = parse_job_options(options)
        jobs = [plan_job(relief, layer, chosen) for layer in range(relief.layers)]
        with contextlib.ExitStack() as stack:
            folders = [stack.enter_context(_folder(path)) for path in paths]
            files = [_write_files(*each) for each in zip(jobs, paths, folders, strict=True)]
        layers = [_layer_report(*each) for each in zip(jobs, paths, files, strict=True)]
        warnings = dict.fromkeys(text for job in jobs for text in job.warnings())
        return {
            "format": self.name,
            "unit": "um",
            "layers": layers,
            "review": list(chosen.review),
            "warnings": list(warnings),
        }


def _layer_report(job: GwlJob, path: Path, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "file": path.name,
        "files": files,
        "bytes": sum(file["bytes"] for file in files),
        "sha256": files[-1]["sha256"],
        "fields": len(job.fields),
        "lines_per_pixel": len(job.offsets_pm),
        "line_um": job.line_um,
        "slices": job.plan.to_dict(),
        "write_time": job.time.to_dict(),
    }


def _write_files(job: GwlJob, path: Path, folder: Path) -> list[dict[str, Any]]:
    written = []
    for name, pieces in job_files(job, path.name):
        digest, size = hashlib.sha256(), 0
        with (folder / name).open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
                size += len(piece)
        written.append({"file": name, "bytes": size, "sha256": digest.hexdigest()})
    return written


@contextlib.contextmanager
def _folder(master: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of the master's only when the block ends well."""
    target = master.parent
    if target.exists() and not master.exists():
        raise ConfigError(
            f"{target} exists already and holds no {master.name}; it is not replaced.",
            hint="Choose another folder, or remove it.",
        )
    if target.exists() and any(file.suffix != ".gwl" for file in target.iterdir()):
        raise ConfigError(
            f"{target} holds files that are no GWL; it is not replaced.", hint="Move them away."
        )
    with writing(target):
        made = Path(tempfile.mkdtemp(prefix=f".{target.name[:80]}.", suffix=".part", dir=target.parent))
        try:
            yield made
            made.chmod(0o755)
            _replace(target, made)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _replace(target: Path, made: Path) -> None:
    for old in target.glob("*.gwl"):
        old.unlink()
    if target.exists():
        target.rmdir()
    made.rename(target)
