"""Many random copies: yield, quantiles, convergence, the worst of them, and what makes them differ."""

from __future__ import annotations

from dataclasses import asdict

from fabdesign.check.tolerance import Distribution, MonteCarlo
from fabdesign.design.metrics import METRICS
from fabdesign.plot import draw_yield
from fabdesign.report.blocks import Block, Cell, Section, Table, Text, text
from fabdesign.report.pictures import chart
from fabdesign.report.results import Results
from fabdesign.report.sections.identity import counted
from fabdesign.report.subject import Subject


def copies(subject: Subject, results: Results, found: MonteCarlo) -> Section:
    """Yield at the spec with its interval, curve, worst copies, convergence and contributions."""
    sets = {"as assembled": found.assembled}
    if found.compensated is not None:
        sets["compensated"] = found.compensated
    blocks: list[Block] = [
        _summary(subject, sets, results.metric),
        _curve(found),
        _convergence(sets),
        _worst(subject, sets, results.metric),
        *_contributions(found),
    ]
    lead = (
        f"{found.samples} copies with all stated errors at once, seed {found.seed}, scored on "
        f"{counted(results.examples)}; spec {subject.score(found.spec, results.metric)}, as designed "
        f"{subject.score(found.nominal, results.metric)}. {_compensators(results)}"
    )
    return Section("copies", "Random copies and yield", blocks, lead)


def _compensators(results: Results) -> str:
    steps = results.compensators
    done = [
        f"{word} with a first step of {steps[key]:g} µm"
        for key, word in (("centre_um", "re-centred"), ("focus_um", "refocused"))
        if steps.get(key)
    ]
    return f"Detectors {' and '.join(done)}." if done else "Nothing was set after assembly."


def _summary(subject: Subject, sets: dict[str, Distribution], metric: str) -> Table:
    rows = [
        [
            text(name),
            Cell(f"{one.yield_at_spec.share:.1%}", one.yield_at_spec.share),
            text(f"{one.yield_at_spec.low:.1%} to {one.yield_at_spec.high:.1%}"),
            *(
                Cell(subject.score(value, metric), value)
                for value in (one.p10, one.p50, one.p90, one.mean, one.deviation)
            ),
        ]
        for name, one in sets.items()
    ]
    head = ("copies", "yield", "95 % interval (Wilson)", "P10", "P50", "P90", "mean", "deviation")
    return Table("Yield and quantiles", head, rows)


def _curve(found: MonteCarlo) -> Block:
    share = found.assembled.yield_at_spec.share
    alt = f"Share of copies at least as good as each score; {share:.0%} reach the spec {found.spec:.4g}."
    return chart(
        draw_yield({**asdict(found), "metric": METRICS[found.metric].label}),
        alt,
        "Share of copies that are at least as good as a score.",
    )


def _convergence(sets: dict[str, Distribution]) -> Table:
    rows = [
        [
            text(name),
            Cell(str(step.count), step.count),
            Cell(f"{step.share:.1%}", step.share),
            text(f"{step.low:.1%} to {step.high:.1%}"),
        ]
        for name, one in sets.items()
        for step in one.convergence
    ]
    return Table("Convergence", ("copies", "first", "yield", "95 % interval (Wilson)"), rows)


def _worst(subject: Subject, sets: dict[str, Distribution], metric: str) -> Table:
    rows = [
        [
            text(name),
            Cell(str(sample), sample),
            Cell(subject.score(score, metric), score),
            Cell(f"fabdesign tolerance --replay {sample}", code=True),
        ]
        for name, one in sets.items()
        for sample, score in one.worst
    ]
    return Table("Worst copies", ("copies", "number", "score", "compute it again with"), rows)


def _contributions(found: MonteCarlo) -> list[Block]:
    if not found.contributions:
        return [Text("Too few copies to tell what they differ by.", "doubtful")]
    parts = [*((part.name, part.share) for part in found.contributions), ("all else", found.rest)]
    rows = [[text(name), Cell(f"{share:.1%}", share, share=min(max(share, 0), 1))] for name, share in parts]
    table = Table("What makes the copies differ", ("error", "share of the variance"), rows)
    words = "Shares come from a regression on the draws; all else are patterns, interactions and chance."
    return [table, Text(words)]
