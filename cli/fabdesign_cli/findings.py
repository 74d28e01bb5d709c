"""Reading files back, and telling what a check found."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabdesign_cli.console import emit, result_table, say
from fabdesign_cli.scores import Row, examples

if TYPE_CHECKING:
    from fabdesign.check import CheckResult, Finding
    from fabdesign.design import Design
    from fabdesign.process import Profile


def read_back(
    files: Sequence[Path],
    design: Design | Path | None,
    runs_dir: Path,
    *,
    resimulate: bool,
    data: Path | None = None,
    profile: Profile | None = None,
) -> CheckResult:
    """Check exported files, telling on stderr what is being done."""
    from fabdesign.check import check_files

    return check_files(
        files,
        design,
        resimulate=resimulate,
        data=data,
        runs_dir=runs_dir,
        profile=profile,
        progress=stage_teller(),
    )


def stage_teller() -> Callable[[str, int, int], None]:
    """A listener that says each stage of a check once."""
    stages = {"read back": "Reading the files back.", "file": "Simulating the device as the files have it."}
    told: set[str] = set()

    def tell(stage: str, _done: int, _total: int) -> None:
        if stage in stages and stage not in told:
            told.add(stage)
            say(stages[stage])

    return tell


def show_check(result: CheckResult) -> None:
    """Print what a check found: findings, then the numbers, then the verdict."""
    show_findings(result.findings)
    result_table([*_rows(result), ("verdict", result.verdict)])


def show_findings(findings: Iterable[Finding]) -> None:
    """Print findings, each with its rule and what to do about it."""
    for finding in findings:
        for line in _finding_lines(finding):
            emit(line)


def _finding_lines(finding: Finding) -> Iterator[str]:
    file = f"{finding.file}: " if finding.file else ""
    yield f"{finding.severity}: {file}{finding.message} [{finding.id}]"
    if finding.limit_source:
        yield f"  Limit from: {finding.limit_source}"
    if finding.hint:
        yield f"  {finding.hint}"


def _rows(result: CheckResult) -> Iterator[Row]:
    yield "design", f"{result.design_hash[:16]}… ({result.design_file or 'given'})"
    if result.layers:
        same = sum(layer.comparison.identical for layer in result.layers)
        deviations_um = _deviations_um(result)
        yield "read back", ", ".join(result.formats)
        yield "levels", f"{same} of {len(result.layers)} files have the design's levels in every pixel"
        if deviations_um:
            yield "heights", f"at most {max(deviations_um) * 1e3:.3g} nm from the design's"
    yield from score_comparison(result.scores)
    yield "thin model", _model(result.model)


def _deviations_um(result: CheckResult) -> list[float]:
    """The largest deviation of each layer that could be compared."""
    found = [layer.comparison.largest_deviation_um for layer in result.layers]
    return [value for value in found if math.isfinite(value)]


def score_comparison(scores: Mapping[str, Any]) -> Iterator[Row]:
    """What files and design score by the metric that speaks for the device, and where they differ."""
    if not scores:
        return
    from fabdesign.design.metrics import METRICS

    file, design, same = scores["file"], scores["design"], scores["predictions"]
    metric = next(metric for name, metric in METRICS.items() if name in file)
    yield (
        metric.label,
        f"{metric.text(file[metric.name])} from the files, "
        f"{metric.text(design[metric.name])} from the design "
        f"({examples(file)} of {file['data']}, {file['samples_per_pixel']} samples per pixel)",
    )
    ties = f", {same['ties']} ties apart" if same["ties"] else ""
    yield "predictions", f"{same['different']} of {same['count']} differ from the design's{ties}"


def _model(model: Mapping[str, Any]) -> str:
    return (
        f"{model['name']} layers, relief height / pitch {model['height_over_pitch']:.2f}, "
        f"pitch / wavelength {model['pitch_over_wavelength']:.2f}"
        f"{'' if model['verified'] else ': outside its validity, no score of it is verified'}"
    )
