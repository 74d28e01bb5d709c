"""``fabdesign verify FILE``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rich_click as click

from fabdesign_cli.console import emit_json, result_table
from fabdesign_cli.designs import design_of_hash
from fabdesign_cli.options import FILE, json_option, runs_option


@click.command()
@click.argument("file", type=FILE)
@runs_option
@json_option
def command(*, file: Path, runs_dir: Path, as_json: bool) -> None:
    """Check the hashes of a design, or follow those of an STL back to its design.

    FILE is a design file, a run folder, or an STL. Every hash in a design is computed anew from its bytes.
    For what an STL's geometry says, use `fabdesign check`.
    """
    from fabdesign.design.runs import DESIGN_NAME

    path = file / DESIGN_NAME if file.is_dir() else file
    record = _stl(path, runs_dir) if path.suffix.lower() == ".stl" else _design(path)
    if as_json:
        emit_json(record)
    else:
        result_table([(name.replace("_", " "), value) for name, value in record.items()])


def _design(path: Path) -> dict[str, Any]:
    from fabdesign.design import load_design

    design = load_design(path)
    return {"file": str(path), "verified": True, "content_hash": design.content_hash}


def _stl(path: Path, runs_dir: Path) -> dict[str, Any]:
    from fabdesign.check import parse_header
    from fabdesign.errors import FileFormatError
    from fabdesign.formats.container import read_bytes

    tag = parse_header(read_bytes(path)[:80])
    if tag is None:
        raise FileFormatError(
            f"{path} carries no design hash: fabdesign did not write it, or its header was changed."
        )
    found = design_of_hash(tag.hash_prefix, path, runs_dir)
    if found is None:
        raise FileFormatError(
            f"{path} names the design {tag.hash_prefix}…, which is neither beside it nor in {runs_dir}.",
            hint="Put the design file beside it, or name the run folders with --run-dir.",
        )
    return {
        "file": str(path),
        "verified": True,
        "layer": f"{tag.layer} of {tag.layers}",
        "design": str(found.path),
        "content_hash": found.design.content_hash,
    }
