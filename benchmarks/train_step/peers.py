"""An environment of its own for the peers, made once."""

import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements-peers.txt")


def peers_python(folder: Path) -> Path:
    """The interpreter of the environment in a folder, which is made and filled with the pinned peers."""
    python = folder / "bin" / "python"
    stamp = folder / REQUIREMENTS.name
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if not stamp.exists() or stamp.read_bytes() != REQUIREMENTS.read_bytes():
        install = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*install, "-r", str(REQUIREMENTS)], check=True)
        stamp.write_bytes(REQUIREMENTS.read_bytes())
    return python
