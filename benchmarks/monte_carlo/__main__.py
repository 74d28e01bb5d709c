"""python -m benchmarks.monte_carlo: measure and write docs/benchmarks/monte_carlo.md and .json."""

import argparse
import json
import statistics
import time
from pathlib import Path

import torch

from benchmarks.monte_carlo import workers
from benchmarks.monte_carlo.contenders import CONTENDERS, Score
from benchmarks.monte_carlo.copies import Case
from benchmarks.train_step.report import machine

DESIGN = Path("sample_designs/digits-785nm/design.safetensors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--design", type=Path, default=DESIGN)
    parser.add_argument("--copies", type=int, default=20, help="copies that are counted")
    parser.add_argument("--limit", type=int, default=200, help="test images")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cluster-copies", type=int, default=96, help="copies of the runs on Dask workers")
    parser.add_argument("--only", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    case = Case.of(arguments.design, arguments.limit)
    scores, missing = prepared(case, arguments.only)
    report = machine() | {
        "design": arguments.design.parent.name,
        "images": case.simulator.examples,
        "copies": arguments.copies,
        "threads": arguments.threads,
        "missing": missing,
        "rows": measured(case, scores, arguments.copies),
        "cluster_copies": arguments.cluster_copies,
        "cluster": workers.measured(arguments.design, arguments.cluster_copies, arguments.limit),
    }
    text = as_markdown(report)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "monte_carlo.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (arguments.out / "monte_carlo.md").write_text(text, encoding="utf-8")
    print(text)


def prepared(case: Case, names: list[str]) -> tuple[dict[str, Score], dict[str, str]]:
    scores: dict[str, Score] = {}
    missing: dict[str, str] = {}
    for name in names:
        try:
            scores[name] = CONTENDERS[name](case)
        except ImportError as error:
            missing[name] = str(error)
    return scores, missing


@torch.no_grad()
def measured(case: Case, scores: dict[str, Score], copies: int) -> list[dict[str, object]]:
    wall: dict[str, list[float]] = {name: [] for name in scores}
    spent: dict[str, list[float]] = {name: [] for name in scores}
    powers: dict[str, torch.Tensor] = {}
    for number in range(copies + 1):
        for name, score in scores.items():
            state = case.copy(number)
            begun, used = time.perf_counter(), time.process_time()
            powers[name] = score(state)
            wall[name].append(time.perf_counter() - begun)
            spent[name].append(time.process_time() - used)
    reference = next(iter(powers.values()))
    return [
        {
            "contender": name,
            "copies_per_second": 1 / statistics.median(wall[name][1:]),
            "cpu_seconds_per_copy": statistics.median(spent[name][1:]),
            "power_difference": float((powers[name] - reference).abs().max() / reference.max()),
            "same_answers": float((powers[name].argmax(1) == reference.argmax(1)).double().mean()),
        }
        for name in scores
    ]


def as_markdown(report: dict[str, object]) -> str:
    rows: list[dict[str, float]] = report["rows"]  # type: ignore[assignment]
    first = rows[0]["copies_per_second"]
    lines = [
        "# Random copies per second",
        "",
        f"`python -m benchmarks.monte_carlo`: {report['copies']} copies of `{report['design']}`, each shown "
        f"{report['images']} images; medians, {report['threads']} threads, one process, contenders in turn.",
        "",
        "| contender | copies/s | fabdesign is faster by | CPU s a copy | powers differ by | same answers |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {row['contender']} | {row['copies_per_second']:.3g} | {first / row['copies_per_second']:.2f} "
        f"| {row['cpu_seconds_per_copy']:.3g} | {row['power_difference']:.1e} | {row['same_answers']:.1%} |"
        for row in rows
    ]
    details = {key: value for key, value in report.items() if key not in {"rows", "missing", "cluster"}}
    cluster: dict[str, float] = report["cluster"]  # type: ignore[assignment]
    lines += [
        "",
        "A copy is 12 transforms of 192×192 samples for each image, four fifths of fabdesign's time; a peer "
        "needs the same ones, so what is left to win is memory traffic and overhead.",
        "",
        f"{report['cluster_copies']} copies with every stated error on Dask workers of one thread: "
        f"{cluster['1 workers']:.1f} s on one, {cluster['2 workers']:.1f} s on two, "
        f"{cluster['times']:.2f} times sooner; the records are "
        f"{'the same as in one process' if cluster['same_records'] else 'NOT the same'}.",
    ]
    lines += ["", f"Not installed: {', '.join(report['missing']) or 'none'}.", ""]  # type: ignore[arg-type]
    lines += [", ".join(f"{key} {value}" for key, value in details.items()) + ".", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
