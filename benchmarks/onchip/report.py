"""The page and the JSON file: every number beside the goal and the paper's value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

Result = dict[str, Any]
PAPER_LABELS = ("SZO-SCD, p = 0", "SZO-SCD, p = 1")

HEAD = """# Learning on the chip

A network of 64 - 24 - 24 - 10 is trained in software, decomposed into triangular meshes (3,223 phases), and
deployed onto simulated chips with the errors of Gu et al. (AAAI 2021): σ(γ) = 2e-3 of γ = 0.1653 on every
device, crosstalk 2e-3 between neighbours. A query is one batch of 32. "Recovered" is the test accuracy of the
phases with the lowest loss on 960 training examples; nothing is chosen by test examples. Looks at these 960
are not in the budget.

Power is the sum of the commanded active phases in rad. The *short* gauge takes every angle in [0, π), so it
is the cheapest one before anything is learnt; the *wide* one spreads them over [0, 2π), as the paper's sums
imply.
"""


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
        title = {"digits": "scikit-learn's digits", "mnist": "MNIST, averaged down to 8 × 8"}[data]
        parts += [f"## {title}\n", goals(data, group), table(group)]
        if data == "mnist":
            parts.append(queries_to_target(group))
    parts.append(
        f"{about['date']}, numpy {about['numpy']}, torch {about['torch']}, one thread. "
        "Repeat it with `python -m benchmarks.onchip --mnist FOLDER`.\n"
    )
    return "\n".join(parts)


def goals(data: str, group: list[Result]) -> str:
    """Goals beside what was found."""
    plain, pruned = (chosen(group, label) for label in PAPER_LABELS)
    recovered = {"digits": 0.965, "mnist": 0.935}[data]
    all_chips = [*plain, *pruned]
    difference = abs(mean(r["best"] for r in plain) - mean(r["best"] for r in pruned))
    saving = 1 - mean(r["power_best"] / r["power_all_active"] for r in pruned)
    powers = [mean(r["power_last"] for r in runs) for runs in (plain, pruned)]
    rows = [
        ("ideal", f"≥ {0.97 if data == 'digits' else 0.946:.1%}", f"{plain[0]['ideal']:.2%}"),
        (
            "deployed, mean of the chips",
            "93 ± 4 %" if data == "digits" else "reported",
            f"{mean(r['deployed'] for r in plain):.2%}",
        ),
        (
            f"recovered, p = 0, {len(plain)} chips",
            f"≥ {recovered:.1%}",
            f"{mean(r['best'] for r in plain):.2%}",
        ),
        (
            f"recovered, p = 1, {len(pruned)} chips",
            f"≥ {recovered:.1%}",
            f"{mean(r['best'] for r in pruned):.2%}",
        ),
        ("difference of p = 1 and p = 0", "≤ 1 point", f"{100 * difference:.2f} points"),
        (
            "power at the end, p = 0 and p = 1",
            "less with p = 1",
            " and ".join(f"{p:.0f} rad" for p in powers),
        ),
        ("power saved by α = 0.15, p = 1 against α = 1", "≥ 80 % (paper 89.9 %)", f"{saving:.1%}"),
        ("queries", f"≤ {plain[0]['queries']:,}", f"≤ {max(r['spent'] for r in all_chips):,}"),
    ]
    return lines(["", "goal", "found"], rows)


def table(group: list[Result]) -> str:
    """One line for each setting, chips averaged."""
    rows = []
    for label, alpha, gauge in dict.fromkeys((r["label"], r["alpha"], r["gauge"]) for r in group):
        runs = chosen(group, label, gauge, alpha)
        rows.append(
            (
                label,
                f"{alpha:g}",
                gauge,
                str(len(runs)),
                f"{runs[0]['spent']:,}",
                *(f"{mean(r[key] for r in runs):.2%}" for key in ("deployed", "best", "last")),
                *(f"{mean(r[key] for r in runs):.0f}" for key in ("power_before", "power_last")),
            )
        )
    head = ["learner", "α", "gauge", "chips", "queries", "deployed", "recovered", "at the end"]
    return lines([*head, "rad before", "rad at the end"], rows)


def queries_to_target(group: list[Result], target: float = 0.93) -> str:
    """After how many queries each share of heaters reaches a share of right answers on the 960 examples."""
    rows = []
    for run in group:
        if run["label"] == PAPER_LABELS[0] and run["gauge"] == "short" and run["chip"] == 0:
            reached = [c["queries"] for c in run["history"] if c["accuracy"] >= target]
            rows.append((f"{run['alpha']:g}", f"{reached[0]:,}" if reached else f"not in {run['spent']:,}"))
    return lines(["α", f"queries to {target:.0%} (paper: 3.4 to 7.6 times fewer with small α)"], rows)


def chosen(group: list[Result], label: str, gauge: str = "short", alpha: float = 0.15) -> list[Result]:
    """The runs of one setting."""
    return [r for r in group if (r["label"], r["gauge"], r["alpha"]) == (label, gauge, alpha)]


def lines(head: list[str], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in cells) + "\n"
