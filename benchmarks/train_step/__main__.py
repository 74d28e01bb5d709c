"""python -m benchmarks.train_step: measure and write docs/benchmarks/train_step.md and .json."""

import argparse
from pathlib import Path

from benchmarks.train_step import report
from benchmarks.train_step.contenders import NAMES
from benchmarks.train_step.measure import Result, measure
from benchmarks.train_step.setting import DISTANCE_UM, LAYERS, SPACING_UM, WAVELENGTH_UM, Setting


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, nargs="+", default=[64, 128, 200], help="samples a side")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=11, help="steps of each contender")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    names = list(dict.fromkeys(["ours", *arguments.only]))
    results: list[Result] = []
    missing: dict[str, str] = {}
    about = report.machine() | {
        "threads": arguments.threads,
        "rounds": arguments.rounds,
        "layers": LAYERS,
        "gaps": LAYERS + 1,
        "distance": DISTANCE_UM,
        "wavelength": WAVELENGTH_UM,
        "spacing": SPACING_UM,
    }
    for samples in arguments.samples:
        setting = Setting(samples, arguments.batch)
        measured, absent = measure(names, setting, arguments.rounds, arguments.threads)
        results += measured
        missing |= absent
    paths = report.write(results, missing, about, arguments.out)
    print(report.as_markdown(results, missing, about))
    print("\n".join(map(str, paths)))


if __name__ == "__main__":
    main()
