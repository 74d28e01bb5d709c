"""The page and the JSON file: every number beside the goal and the paper's value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.onchip.experiments import PRUNED, ZO
from benchmarks.onchip.findings import FINDINGS, HEAD

Result = dict[str, Any]
TITLES = {
    "digits": "scikit-learn's digits, 64 - 24 - 24 - 10",
    "mnist": "MNIST, averaged down to 8 × 8, 64 - 24 - 24 - 10",
    "vowel": "Vowel, four classes, 8 - 16 - 16 - 4",
    "cnn": "MNIST at 16 × 16, two convolutions",
}
GROUPS = {
    "equal": "Learners at equal queries",
    "alpha": "Share of heaters α (the paper's Figure 4)",
    "dense": "Dense: α = s = 1 (the paper's Table 1)",
    "sparsity": "Share s tuned in a batch (the paper's Figure 5)",
    "gauge": "From angles spread over [0, 2π)",
}
TARGETS = {"digits": (0.97, 0.965), "mnist": (0.946, 0.935)}
"""Goals for the ideal network and after recovery."""


def write(results: dict[str, list[Result]], about: dict[str, Any], folder: Path) -> Path:
    """Write onchip.md and onchip.json."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {"about": about, "results": results}
    (folder / "onchip.json").write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    page = folder / "onchip.md"
    page.write_text(as_markdown(results, about), encoding="utf-8")
    return page


def as_markdown(results: dict[str, list[Result]], about: dict[str, Any]) -> str:
    """The page."""
    parts = [HEAD]
    for data, group in results.items():
        parts.append(f"## {TITLES[data]}\n")
        if {run["label"] for run in chosen(group, "paper")} == {ZO, PRUNED}:
            parts.append(goals(data, chosen(group, "paper")))
        for name, title in GROUPS.items():
            if runs := chosen(group, name):
                parts += [f"### {title}\n", table([*shown_beside(name, group), *runs])]
    cost = sum(run["cpu_seconds"] for group in results.values() for run in group)
    parts += [
        FINDINGS,
        f"{about['date']}, numpy {about['numpy']}, torch {about['torch']}, one thread, {cost / 60:.0f} "
        "minutes of CPU. Repeat it with `python -m benchmarks.onchip --mnist FOLDER --vowel WHEEL`.\n",
    ]
    return "\n".join(parts)


def goals(data: str, group: list[Result]) -> str:
    """Goals beside what was found."""
    plain = [run for run in group if run["label"] == ZO]
    pruned = [run for run in group if run["label"] == PRUNED]
    ideal, recovered = TARGETS.get(data, (None, None))
    difference = abs(mean(r["best"] for r in plain) - mean(r["best"] for r in pruned))
    saving = 1 - mean(r["power_best"] / r["power_all_active"] for r in pruned)
    powers = [mean(r["power_last"] for r in runs) for runs in (plain, pruned)]
    rows = [
        ("phases, and those with a heater", "", f"{plain[0]['phases']:,}, {plain[0]['active']:,}"),
        ("ideal", at_least(ideal), f"{plain[0]['ideal']:.2%}"),
        (
            "deployed, mean and range of the chips",
            "93 ± 4 %" if data == "digits" else "",
            spread(plain, "deployed"),
        ),
        (f"recovered, p = 0, {len(plain)} chips", at_least(recovered), spread(plain, "best")),
        (f"recovered, p = 1, {len(pruned)} chips", at_least(recovered), spread(pruned, "best")),
        ("difference of p = 1 and p = 0", "≤ 1 point", f"{100 * difference:.2f} points"),
        (
            "power before, and at the end with p = 0 and p = 1",
            "less with p = 1",
            f"{mean(r['power_before'] for r in plain):.0f}, " + " and ".join(f"{p:.0f} rad" for p in powers),
        ),
        (
            f"power saved by α = {plain[0]['alpha']:g}, p = 1 against α = 1",
            "≥ 80 % (paper 89.9 %)",
            f"{saving:.1%}",
        ),
        (
            "queries a batch, p = 0",
            f"1 + 1.5·s·heaters = {expected(plain[0]):.1f}, within 10 %",
            f"{mean(r['spent'] / r['batches'] for r in plain):.1f}",
        ),
        ("queries to learn", "", f"{max(r['spent'] for r in group):,}"),
    ]
    return lines(["", "goal", "found"], rows)


def expected(run: Result) -> float:
    """Queries of a batch if half of the steps up fail."""
    return 1 + 1.5 * max(1, round(run["options"]["share"] * run["active"]))


def at_least(goal: float | None) -> str:
    """A goal in words."""
    return "" if goal is None else f"≥ {goal:.1%}"


def spread(runs: list[Result], key: str) -> str:
    """Mean and range."""
    values = [run[key] for run in runs]
    return f"{mean(values):.2%} ({min(values):.2%} to {max(values):.2%})"


def shown_beside(name: str, group: list[Result]) -> list[Result]:
    """Runs of the paper's setting that belong into a table of others, on the same chip."""
    if name != "alpha":
        return []
    chips = {run["chip"] for run in chosen(group, "alpha")}
    return [run for run in chosen(group, "paper") if run["label"] == ZO and run["chip"] in chips]


def table(group: list[Result]) -> str:
    """One line for each setting, chips averaged."""
    rows = []
    for label, alpha in dict.fromkeys((r["label"], r["alpha"]) for r in group):
        runs = [r for r in group if (r["label"], r["alpha"]) == (label, alpha)]
        rows.append(
            (
                label,
                f"{alpha:g}",
                f"{runs[0]['active']:,}",
                f"{runs[0]['spent']:,}",
                *(f"{mean(r[key] for r in runs):.2%}" for key in ("deployed", "best", "last")),
                " → ".join(f"{mean(r['history'][at]['loss'] for r in runs):.3f}" for at in (0, -1)),
                reached(runs),
                " → ".join(f"{mean(r[key] for r in runs):.0f}" for key in ("power_before", "power_last")),
            )
        )
    head = ["learner", "α", "heaters", "queries", "deployed", "recovered", "at the end"]
    return lines([*head, "loss, first → last", "queries to half the gap", "rad"], rows)


def reached(runs: list[Result]) -> str:
    """Queries until half of the accuracy between deployed and ideal is won on the examples of the looks."""
    found = []
    for run in runs:
        first = run["history"][0]["accuracy"]
        target = first + 0.5 * (run["ideal"] - first)
        found += [next((c["queries"] for c in run["history"] if c["accuracy"] >= target), None)]
    if any(queries is None for queries in found):
        return f"not in {runs[0]['spent']:,}"
    return f"{mean(found):,.0f}"


def chosen(group: list[Result], name: str) -> list[Result]:
    """The runs of one table."""
    return [run for run in group if run["group"] == name]


def lines(head: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells) + "\n"
