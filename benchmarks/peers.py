"""Everything that is written, against every peer: solids and mask sets, from 256 to 2000 pixels a side.

One command for both pages; each runs its measurements in fresh processes of one thread.

    python -m benchmarks.peers
    python -m benchmarks.peers --sizes 32 --pages /tmp/pages
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("stl", "masks")


def main() -> int:
    """Run both programs, one after the other; the answer is the first that is not 0."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[256, 512, 1000, 2000])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--pages", type=Path, default=Path("docs/benchmarks"), help="folder of the pages")
    arguments = parser.parse_args()
    arguments.pages.mkdir(parents=True, exist_ok=True)
    for program in PROGRAMS:
        command = [sys.executable, "-m", f"benchmarks.{program}", "--sizes", *map(str, arguments.sizes)]
        command += ["--repeats", str(arguments.repeats), "--page", str(arguments.pages / f"{program}.md")]
        answer = subprocess.run(command, check=False).returncode
        if answer:
            return answer
    return 0


if __name__ == "__main__":
    sys.exit(main())
