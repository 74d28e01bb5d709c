"""Small subjects of reports: a design with files, findings, tolerances and answers, all real."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from fabdesign.check import check_design, check_files, verify_path
from fabdesign.check.tolerance import make_plan, tolerance
from fabdesign.design import Design, save_design
from fabdesign.export import export_design
from fabdesign.process import Profile, load_profile
from fabdesign.report import FileFact, Subject, draw_answers, parse_results
from tests.check.tolerance import benches

NUMBER = '{{ value = {}, source = "{}" }}'


def wide_spot(folder: Path) -> Profile:
    """A process whose spot is as wide as a pixel, so that lone pixels are found."""
    path = folder / "wide.toml"
    path.write_text(
        '[profile]\nname = "wide"\nkind = "2pp"\n'
        f"[lateral]\nvoxel_fwhm_um = {NUMBER.format(1.0, 'measured: SEM, lot 7')}\n"
        f"[axial]\nslice_um = {NUMBER.format(0.1, 'assumed')}\n"
        f"depth_gain_sigma = {NUMBER.format(0.02, 'assumed')}\n"
        f"[layers]\nstack.sigma_um.dx = {NUMBER.format(0.3, 'vendor: data sheet')}\n",
        encoding="utf-8",
    )
    return load_profile(path)


def tolerances(design: Design, profile: Profile, data: Path, samples: int = 24) -> tuple[Any, list[Any]]:
    """A whole tolerance run of two errors: its JSON and its copies."""
    plan = make_plan(design, profile, data=data, only=("height-gain", "layer-shift"))
    result, records = tolerance(plan, samples=samples, spec=0.1)
    return result.to_json(), records


def make_subject(folder: Path, **changes: Any) -> Subject:
    """A classifier of random levels, exported, read back, judged, with lone pixels as findings."""
    design, profile = benches.classifier(), wide_spot(folder)
    data = benches.images(folder)
    save_design(design, folder / "design.safetensors")
    files = export_design(design, folder / "stl", "stl", profile=profile).paths
    checked = check_files(files, design, data=data, profile=profile)
    subject = Subject(
        title="small classifier",
        version="1.2.3",
        design=design,
        checked=checked,
        profile=profile,
        profile_hash="ab" * 32,
        results=parse_results(tolerances(design, profile, data)[0]),
        files=(FileFact("design.safetensors", 12, "cd" * 32, "design"),),
        verification=verify_path(folder / "design.safetensors"),
    )
    answers = draw_answers(design, subject.height_um, data=data)
    return replace(subject, answers=answers, **changes)


@cache
def plain_subject(pixels: int = 16, layers: int = 2) -> Subject:
    """A design alone, held against its process."""
    design = benches.classifier(pixels=pixels, layers=layers)
    profile = load_profile("2pp-63x-ip-dip")
    return Subject("plain", "1.2.3", design, check_design(design, profile), profile, "ab" * 32)
