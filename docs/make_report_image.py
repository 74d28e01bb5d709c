"""Draw docs/images/report.png: the top of a report on the sample design: python docs/make_report_image.py.

It needs Chromium, which playwright drives, and computes tolerances for a minute or two.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from fabdesign_cli.main import exit_code
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_designs" / "digits-785nm" / "design.safetensors"
TARGET = ROOT / "docs" / "images" / "report.png"
SIZE = {"width": 1100, "height": 1760}


def make_page(folder: Path) -> Path:
    """Export the sample as STL and report on it, in a folder."""
    os.chdir(folder)
    shutil.copy(SAMPLE, folder / "digits.safetensors")
    assert exit_code(["export", "digits.safetensors", "--stl", "--no-resim"]) == 0
    files = [str(path) for path in sorted(Path("exports/digits").glob("*.stl"))]
    small = ["--samples", "40", "--limit", "50"]
    assert exit_code(["report", *files, "--design", "digits.safetensors", *small]) == 0
    return folder / "reports" / "digits.html"


def photograph(page: Path) -> None:
    """Open a page in Chromium and keep a picture of its top."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        tab.goto(page.as_uri())
        tab.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        photograph(make_page(Path(scratch)))
