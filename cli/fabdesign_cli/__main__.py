"""``python -m fabdesign_cli``."""

from fabdesign_cli.main import run

run()
