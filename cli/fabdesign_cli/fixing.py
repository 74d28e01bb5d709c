"""Proposing a cleaned design, and telling what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from fabdesign_cli.console import result_table, say
from fabdesign_cli.designs import open_design, profile_of
from fabdesign_cli.scores import Row

if TYPE_CHECKING:
    from fabdesign.check.fix import Proposal


def propose(
    design: Path,
    out: Path,
    runs_dir: Path,
    *,
    process: str | None,
    budget_rad: float,
    data: Path | None,
    rescore: bool,
) -> Proposal:
    """Clean a design and write the proposal to a file of its own."""
    from fabdesign.check.fix import propose_fix
    from fabdesign.design import save_design
    from fabdesign.errors import ConfigError

    if out.exists():
        raise ConfigError(f"{out} exists already, and is not overwritten.", hint="Name another file.")
    opened = open_design(design, runs_dir)
    profile = profile_of(opened.design, process)
    if profile is None:
        raise click.UsageError("Name the process profile to hold the design against: --process FILE.")
    if rescore and opened.design.physical.has_task:
        say("Simulating the design as it is, and as it would be.")
    proposal = propose_fix(opened.design, profile, budget_rad=budget_rad, rescore=rescore, data=data)
    save_design(proposal.design, out)
    return proposal


def show_proposal(proposal: Proposal, path: Path) -> None:
    """Print what a proposal changes and costs."""
    result_table(list(_rows(proposal, path)))


def _rows(proposal: Proposal, path: Path) -> Iterator[Row]:
    yield "proposal", f"{path}: {proposal.changed:,} pixels changed"
    for number, layer in enumerate(proposal.layers):
        yield (
            f"layer {number}",
            f"{layer.before:,} pixels that cannot be made, {layer.after:,} left; phase moved by "
            f"{layer.rms_rad:.3g} rad rms, at most {layer.largest_rad:.3g}",
        )
    for name, (had, has) in proposal.findings.items():
        yield name, f"{had:,} before, {has:,} after"
    if proposal.scores:
        from fabdesign.design.metrics import METRICS

        metric = proposal.scores["metric"]
        text = METRICS[metric].text
        before, after = (text(proposal.scores[key][metric]) for key in ("before", "after"))
        yield metric, f"{before} before, {after} after"
