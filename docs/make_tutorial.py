"""Run the tutorial's commands in a new folder and put what they print into the page.

    python docs/make_tutorial.py FOLDER

A training that is already there (train.err, train.out and runs/) is not repeated.

Then draw its picture: python docs/make_images.py FOLDER/runs/0001-digits FOLDER/exports/0001-digits
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from stl import mesh

PAGE = Path(__file__).parent / "tutorials" / "first-print.md"
FIRST_FILE = "exports/0001-digits/digits-layer00.stl"
COMMANDS = {
    "train": ["train"],
    "info": ["info", "runs/0001-digits"],
    "export": ["export", "--stl", "--overwrite"],
    "scaled": ["check", "scaled.stl", "--design", "runs/0001-digits", "--geometry"],
}
LINES_AT_EACH_END = 6


def main(folder: Path) -> None:
    """Run the commands and rewrite the page."""
    text = PAGE.read_text(encoding="utf-8")
    for name, words in COMMANDS.items():
        if name == "scaled":
            write_scaled(folder)
        told, result = run(folder, name, words)
        text = filled(text, f"{name}.err", shortened(told))
        text = filled(text, f"{name}.out", result)
    PAGE.write_text(text, encoding="utf-8")


def run(folder: Path, name: str, words: list[str]) -> tuple[str, str]:
    """Run a command, or take what an earlier call kept of a training."""
    kept = folder / f"{name}.err", folder / f"{name}.out"
    if not (name == "train" and all(file.exists() for file in kept)):
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "fabdesign_cli", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != (1 if name == "scaled" else 0):
            sys.exit(done.stderr)
        kept[0].write_text(done.stderr, encoding="utf-8")
        kept[1].write_text(done.stdout, encoding="utf-8")
    return kept[0].read_text(encoding="utf-8"), kept[1].read_text(encoding="utf-8")


def write_scaled(folder: Path) -> None:
    """Scale a file as a program does that takes micrometres for millimetres."""
    part = mesh.Mesh.from_file(str(folder / FIRST_FILE))
    part.vectors *= 0.001
    part.save(str(folder / "scaled.stl"))


def shortened(text: str) -> str:
    """Keep the first and last lines."""
    lines = text.splitlines()
    if len(lines) > 2 * LINES_AT_EACH_END:
        lines[LINES_AT_EACH_END:-LINES_AT_EACH_END] = ["…"]
    return "\n".join(lines)


def filled(text: str, name: str, output: str) -> str:
    """Put an output behind its marker, if the page has one for it."""
    block = re.compile(rf"(<!-- output: {re.escape(name)} -->\n```text\n).*?(```)", re.DOTALL)
    return block.sub(lambda found: found[1] + output.rstrip() + "\n" + found[2], text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
