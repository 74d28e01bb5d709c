"""Yield of a design that was trained with the errors of its process, beside one that was not.

    python -m benchmarks.robust [--copies 500] [--digits 300] [--full 104] [--seeds 0 1 2] [--work FOLDER]

Both have the geometry, process and levels of sample_designs/digits-785nm. Copies of both are judged with the
same draws (paired seeds), on the same test digits, against the same spec: the plain design's accuracy as
designed less 3 points. Every further seed trains a third design too, the robust recipe without the errors, so
that what the errors bring is seen apart from batch size and weights. Both designs are kept beside the code;
`--retrain` makes the robust one anew. Finished runs and copies are kept in the work folder, and an
interrupted run goes on.
"""

from __future__ import annotations

import argparse
import platform
import time
import tomllib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from benchmarks.robust.judge import ERRORS, POINTS, PROFILE, SEED, Judge
from benchmarks.robust.report import write_report
from fabdesign.config import project_from_text
from fabdesign.design import Design, load_design
from fabdesign.training import resume, train
from fabdesign.training.run import Extras

SAMPLE = Path("sample_designs/digits-785nm")
RECIPE = Path(__file__).parent / "robust.toml"
ROBUST = Path(__file__).parent / "digits-robust.safetensors"
"""What that recipe gave with seed 0."""
TRIAL = {"train.epochs": 4, "task.validation": 0.15}
"""Half the epochs, judged on a part of the training digits that was held out."""


def main() -> None:
    """Train, judge, and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=500, help="random copies of each design")
    parser.add_argument("--digits", type=int, default=300, help="test digits, the first ones")
    parser.add_argument("--full", type=int, default=104, help="copies with all errors of the profile")
    parser.add_argument(
        "--seeds", type=int, nargs="*", default=[0, 1, 2], help="seeds of three trainings each"
    )
    parser.add_argument("--seed-copies", type=int, default=100, help="copies of the designs of further seeds")
    parser.add_argument("--retrain", action="store_true", help="train the robust design anew")
    parser.add_argument("--work", type=Path, default=Path("runs/robust"), help="where designs and copies lie")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmarks"), help="where the report goes")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write_report(measure(arguments), arguments.report)


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Judge the designs of all seeds."""
    started = time.process_time()
    work: Path = arguments.work
    robust = trained(work, "robust", 0) if arguments.retrain else load_design(ROBUST)
    both = {"plain": load_design(SAMPLE / "design.safetensors"), "robust": robust}
    judge = Judge(arguments.copies, arguments.digits, ERRORS, work / "copies")
    full = Judge(arguments.full, arguments.digits, (), work / "full")
    few = Judge(arguments.seed_copies, arguments.digits, ERRORS, work / "seeds")
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {platform.system()}",
        "versions": {"torch": torch.__version__, "python": platform.python_version()}
        | {name: metadata.version(name) for name in ("fabdesign", "numpy")},
        "profile": PROFILE,
        "judging_seed": SEED,
        "points": POINTS,
        "digits": arguments.digits,
        "recipe": RECIPE.read_text(encoding="utf-8"),
        "paired": compare(judge, both, 0),
        "full_profile": compare(full, both, 0) if arguments.full else None,
        "trial": trial(work),
        "seeds": [
            compare(few, {kind: trained(work, kind, seed) for kind in ("plain", "same", "robust")}, seed)
            for seed in arguments.seeds
        ],
        "cpu_seconds": round(time.process_time() - started),
    }


def compare(
    judge: Judge, designs: Mapping[str, Design], seed: int, reference: str = "plain"
) -> dict[str, Any]:
    """Judge designs with the same draws, digits and spec, 3 points below one of them as designed."""
    spec = judge.nominal(designs[reference]) - POINTS
    return {
        "seed": seed,
        "spec": spec,
        **{name: judge.of(design, f"{name}-{seed}", spec) for name, design in designs.items()},
    }


def trial(work: Path) -> dict[str, Any]:
    """Compare the robust recipe with and without the errors on held-out training digits.

    It is a short training, made to choose the recipe: it never sees the test digits.
    """
    judge = Judge(32, 300, ERRORS, work / "trial")
    return compare(judge, {kind: trained(work, kind, 0, TRIAL) for kind in ("same", "robust")}, 0, "same")


def trained(work: Path, kind: str, seed: int, more: Mapping[str, Any] = MappingProxyType({})) -> Design:
    """Train one kind of design, or go on with it, or take what is there.

    Args:
        work: where the runs lie.
        kind: ``plain`` as the sample, ``robust``, or ``same``, the robust recipe without the errors.
        seed: of the training.
        more: settings of a trial.
    """
    folder = work / f"{kind}-{seed}{'-trial' if more else ''}"
    extras = Extras(pictures=False, finer=False)
    runs = sorted(folder.glob("0*-*"))
    if runs:
        return resume(runs[-1], extras=extras).design
    recipe = tomllib.loads(RECIPE.read_text(encoding="utf-8"))
    options = {key: value for key, value in recipe.items() if key.startswith("quantise.")}
    added = {"plain": options, "same": {**recipe, "train.robust": False}, "robust": recipe}[kind]
    settings = {"train.seed": seed, "train.threads": 1, **added, **more}
    overrides = [f"{key}={_toml(value)}" for key, value in settings.items()]
    text = (SAMPLE / "fabdesign.toml").read_text(encoding="utf-8")
    return train(project_from_text(text, "digits", overrides=overrides), folder, extras=extras).design


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


if __name__ == "__main__":
    main()
