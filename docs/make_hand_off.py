"""Put the README of a real package into docs/how-to/hand-off.md: python docs/make_hand_off.py."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from fabdesign.check import check_files
from fabdesign.design import load_design
from fabdesign.export import export_design
from fabdesign.export.bundle import Exported, Package
from fabdesign.export.bundle.readme import readme
from fabdesign.process import load_profile

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "hand-off.md"
SAMPLE = ROOT / "sample_designs" / "digits-785nm" / "design.safetensors"
_BLOCK = re.compile(r"(<!-- readme -->\n)(?:~~~markdown\n.*?~~~\n)?", re.DOTALL)


def sample_readme() -> str:
    """The README of the sample design's package."""
    design = load_design(SAMPLE)
    profile = load_profile(design.physical.process)
    with tempfile.TemporaryDirectory() as folder:
        result = export_design(design, folder, "stl", stem="digits", profile=profile)
        found = check_files(result.paths, design, resimulate=False, profile=profile).to_dict()
        exported = Exported(Path(folder), result, {})
        package = Package("digits", design, SAMPLE, profile, (exported,), found)
        return readme(package).decode()


def with_readme(page: str, text: str) -> str:
    """The page with the README between its marks."""
    return _BLOCK.sub(lambda match: f"{match[1]}~~~markdown\n{text}~~~\n", page)


if __name__ == "__main__":
    PAGE.write_text(with_readme(PAGE.read_text(encoding="utf-8"), sample_readme()), encoding="utf-8")
