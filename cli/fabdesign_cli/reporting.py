"""Gathering what a report is about: check, tolerances, pictures of answers, hashes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fabdesign.errors import ConfigError
from fabdesign_cli.checking import Checked, checked, is_package, with_exports
from fabdesign_cli.console import installed_version, say
from fabdesign_cli.judging import PARTS, RESULTS_DIR, RESULTS_NAME, judge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fabdesign.design import Design
    from fabdesign.process import Profile
    from fabdesign.report import FileFact, Report, Results, Subject
    from fabdesign.report.blocks import Block

_SAMPLES = 200
_LIMIT = 200


@dataclass(frozen=True)
class Asked:
    """What the user asked for; names as the options of ``fabdesign report``."""

    named: Path | None
    process: str | None
    simulate: bool
    data: Path | None
    runs_dir: Path
    results: Path | None
    tolerances: bool
    parts: tuple[str, ...]
    samples: int | None
    limit: int | None
    seed: int | None
    title: str | None

    @property
    def anew(self) -> bool:
        """Whether tolerances are to be computed whatever is there."""
        return bool(self.parts) or any(value is not None for value in (self.samples, self.limit, self.seed))


def report_on_mesh(files: Sequence[Path], asked: Asked) -> tuple[str, Report] | None:
    """The name and the page of a mesh design; None where something else was named."""
    from fabdesign.formats.container import container_kind, is_container

    if len(files) != 1 or not files[0].is_file() or not is_container(files[0]):
        return None
    if container_kind(files[0]) != "mesh":
        return None
    from fabdesign.check import verify_path
    from fabdesign.chip import load_mesh
    from fabdesign.report import make_mesh_report

    path = files[0]
    facts = [_fact(path, path.name, "mesh design")]
    title = asked.title or path.stem
    return path.stem, make_mesh_report(
        title, load_mesh(path), installed_version("fabdesign"), facts, verify_path(path)
    )


def report_on_device(files: tuple[Path, ...], asked: Asked) -> tuple[str, Report]:
    """The name and the page of a diffractive device, by its design, run, files or package."""
    from fabdesign.report import make_report

    named = asked.named
    if not files or (len(files) == 1 and files[0].is_dir() and not is_package(files[0])):
        files, named = with_exports(files[0] if files else None, asked.runs_dir)
    with checked(
        files,
        named,
        process=asked.process,
        runs_dir=asked.runs_dir,
        data=asked.data,
        resimulate=asked.simulate,
        need_profile=False,
    ) as found:
        name = _name(found)
        return name, make_report(_subject(found, name, asked))


def _subject(found: Checked, name: str, asked: Asked) -> Subject:
    from dataclasses import replace

    from fabdesign.check import verify_path
    from fabdesign.report import Subject
    from fabdesign_cli.bundling import with_new_names

    names = dict(_plain_names(found))
    design = found.opened.design
    subject = Subject(
        title=asked.title or _heading(found, name),
        version=installed_version("fabdesign"),
        design=design,
        checked=with_new_names(found.result, names),
        profile=found.profile,
        profile_hash=_hash(found.profile),
        files=tuple(_facts(found)),
        verification=verify_path(found.package or found.opened.path),
    )
    heights = subject.height_um
    if not asked.simulate or not design.physical.has_task:
        return subject
    results = _results(subject, heights, name, asked) if asked.tolerances else None
    return replace(subject, results=results, answers=_answers(design, heights, asked))


def _answers(design: Design, heights: NDArray[np.float64], asked: Asked) -> Sequence[Block]:
    from fabdesign.report import draw_answers

    if np.isnan(heights).any():
        say("The files have holes: no picture of what they do.")
        return ()
    say("Drawing what the device does.")
    return draw_answers(design, heights, data=asked.data)


def _results(subject: Subject, heights: NDArray[np.float64], name: str, asked: Asked) -> Results | None:
    """Tolerances as named, as kept from before, or computed now; None where they cannot be had unasked."""
    from fabdesign.report import load_results

    if asked.results is not None:
        return load_results(asked.results, subject.design.content_hash)[0]
    kept = RESULTS_DIR / name / RESULTS_NAME
    if not asked.anew and kept.is_file():
        try:
            results, _ = load_results(kept, subject.design.content_hash)
        except ConfigError:
            say(f"{kept} is about another design; computing anew.")
        else:
            say(f"Taking the tolerances from {kept}.")
            return results
    try:
        return _compute(subject, heights, RESULTS_DIR / name, asked)
    except ConfigError as refused:
        if asked.anew:
            raise
        say(f"No tolerances: {refused.message}")
        return None


def _compute(subject: Subject, heights: NDArray[np.float64], folder: Path, asked: Asked) -> Results:
    from fabdesign.check.tolerance import make_plan
    from fabdesign.report import parse_results

    if subject.profile is None:
        raise ConfigError("the process is not known, so no error has a size.", hint="Name it with --process.")
    plan = make_plan(
        subject.design, subject.profile, seed=asked.seed or 0, data=asked.data, limit=asked.limit or _LIMIT
    )
    say("Computing tolerances; --no-tolerance leaves them out, --samples and --limit make it quicker.")
    read = subject.read_from is not None and not np.isnan(heights).any()
    found = judge(
        plan,
        folder,
        parts=asked.parts or PARTS,
        samples=asked.samples or _SAMPLES,
        read_back_um=heights if read else None,
    )
    return parse_results(found)


def _name(found: Checked) -> str:
    if found.package is not None:
        return found.package.stem.removesuffix("-bundle")
    return found.opened.title


def _heading(found: Checked, name: str) -> str:
    """The name, or that of the project where the file is named like every run's design."""
    project = found.opened.design.provenance.get("project")
    return str(project) if project and name == "design" else name


def _plain_names(found: Checked) -> Iterator[tuple[str, str]]:
    """Folders to leave out, so that the page does not depend on where files lie."""
    for path in (*found.files, found.opened.path):
        if path.parent != Path():
            yield f"{path.parent}{os.sep}", ""


def _facts(found: Checked) -> Iterator[FileFact]:
    """Design, files and package with their hashes."""
    path = found.opened.path
    names = {place: name.rpartition(": ")[2] for place, name in found.names.items()}

    def called(file: Path) -> str:
        folder = next((place for place in names if str(file).startswith(place)), None)
        return file.name if folder is None else names[folder] + str(file).removeprefix(folder)

    if path.suffix == ".safetensors":
        yield _fact(path, called(path), "design")
    for file in found.files:
        yield _fact(file, called(file), "exported file")
    if found.package is not None and found.package.is_file():
        yield _fact(found.package, found.package.name, "hand-off package")


def _fact(path: Path, name: str, what: str) -> FileFact:
    from fabdesign.formats.written import hash_file
    from fabdesign.report import FileFact

    return FileFact(name, *hash_file(path), what)


def _hash(profile: Profile | None) -> str:
    return "" if profile is None else hashlib.sha256(profile.model_dump_json().encode()).hexdigest()
