"""The answers of ``fabdesign tolerance`` as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fabdesign_cli.console import emit, result_table

Report = Mapping[str, Any]

_ROWS = 15


def show_tolerance(report: Report) -> None:
    """Print every answer that a report holds, and where its numbers come from."""
    metric = report["metric"]
    nominal = report["nominal"][metric]
    result_table(
        [
            ("design", report["design"][:16]),
            ("process", f"{report['process']}, layers as {report['built']}"),
            (metric, f"{_score(nominal)} as designed, {report['examples']} examples of {report['data']}"),
            ("model", _model(report["model"])),
            ("seed", report["seed"]),
        ]
    )
    for show in (_show_assumed, _show_stages, _show_sensitivity, _show_inverse, _show_monte_carlo):
        show(report)


def show_replay(record: Report) -> None:
    """Print one copy: its scores and what it drew."""
    rows = [(name, f"{value:.6g}") for name, value in record["scores"].items()]
    rows += [
        (f"{name}, compensated", f"{value:.6g}") for name, value in record.get("compensated", {}).items()
    ]
    result_table([("copy", record["sample"]), ("seed", record["seed"]), *rows])
    table = [
        (name, f"{value['amount']:g} {value['unit']}", " ".join(f"{draw:+.3f}" for draw in value["draws"]))
        for name, value in record["draws"].items()
    ]
    if table:
        _title("Draws, in units of the amount")
        result_table(table, head=("error", "amount", "draws"))


def _show_assumed(report: Report) -> None:
    rows = [
        (term["name"], f"{term['amount']:g} {term['unit']}", term["mark"], term["source"])
        for term in report["terms"]
        if term["mark"] != "trial"
    ]
    _title("Sizes of the errors, the assumed ones first")
    if rows:
        result_table(rows, head=("error", "size", "mark", "source"))
    else:
        emit("The process states none.")


def _show_stages(report: Report) -> None:
    stages = report["attribution"]
    if not stages:
        return
    _title("Score after each stage")
    rows = [
        (stage["name"], _score(stage["metric"]), _change(stage["change"]), stage["title"]) for stage in stages
    ]
    result_table(rows, head=("stage", report["metric"], "change", "what it is"))


def _show_sensitivity(report: Report) -> None:
    rows = report["sensitivity"]
    if not rows:
        return
    _title(f"Each error alone, the worst first ({min(len(rows), _ROWS)} of {len(rows)})")
    table = [
        (
            row["name"],
            row["element"],
            f"{row['amount']:g} {row['unit']}",
            row["mark"],
            "" if row["minus"] is None else _score(row["minus"]),
            _score(row["plus"]),
            "" if row["curvature"] is None else f"{row['curvature']:.3g}",
            "all" if row["phase_rad"] is None else f"{row['phase_rad']:.3f}",
        )
        for row in rows[:_ROWS]
    ]
    head = ("error", "element", "size", "mark", "at - size", "at + size", "2nd order", "phase (rad)")
    result_table(table, head=head)


def _show_inverse(report: Report) -> None:
    rows = report["inverse"]
    if not rows:
        return
    _title("What is allowed, the smallest margin first; margin = allowed / size")
    table = [
        (
            row["name"],
            row["element"],
            "" if row["minus"] is None else _limit(row["minus"], row["minus_bounded"]),
            _limit(row["plus"], row["plus_bounded"]),
            row["unit"],
            "unknown" if row["capable"] is None else f"{row['capable']:g} ({row['mark']})",
            "" if row["margin"] is None else f"{row['margin']:.2g}" + (" !" if row["margin"] < 1 else ""),
        )
        for row in rows
    ]
    result_table(table, head=("error", "element", "-", "+", "unit", "process holds", "margin"))


def _show_monte_carlo(report: Report) -> None:
    result = report["monte_carlo"]
    if result is None:
        return
    _title(f"{result['samples']} random copies, seed {result['seed']}, spec {_score(result['spec'])}")
    table = [_distribution("as assembled", result["assembled"])]
    if result["compensated"] is not None:
        table.append(_distribution("compensated", result["compensated"]))
    result_table(table, head=("copies", "yield", "95 %", "P10", "P50", "P90", "worst copies"))
    steps = result["assembled"]["convergence"]
    emit(
        "Yield of the first copies: " + ", ".join(f"{step['share']:.1%} of {step['count']}" for step in steps)
    )
    if result["contributions"]:
        parts = [f"{part['name']} {part['share']:.0%}" for part in result["contributions"][:6]]
        emit(f"Variance: {', '.join(parts)}; the rest {result['rest']:.0%}")
    else:
        emit("Variance: too few copies to tell what they differ by.")


def _distribution(name: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    found = values["yield_at_spec"]
    worst = ", ".join(f"{number}: {_score(score)}" for number, score in values["worst"][:3])
    return (
        name,
        f"{found['share']:.1%}",
        f"{found['low']:.1%} to {found['high']:.1%}",
        *(_score(values[key]) for key in ("p10", "p50", "p90")),
        worst,
    )


def _model(model: Mapping[str, Any]) -> str:
    verdict = "" if model["verified"] else "; it does not hold here, nothing is verified"
    return (
        f"{model['name']} layers, height / pitch {model['height_over_pitch']:.2f}, "
        f"pitch / wavelength {model['pitch_over_wavelength']:.2f}{verdict}"
    )


def _limit(value: float, bounded: bool) -> str:
    return f"{value:.3g}" if bounded else f"> {value:.3g}"


def _score(value: float) -> str:
    return f"{value:.4f}"


def _change(value: float | None) -> str:
    return "" if value is None else f"{value:+.4f}"


def _title(text: str) -> None:
    emit("")
    emit(text)
