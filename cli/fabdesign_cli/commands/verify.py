"""``fabdesign verify FILE``."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from fabdesign.errors import ExitCode
from fabdesign_cli.console import emit_json, result_table
from fabdesign_cli.findings import show_findings
from fabdesign_cli.options import FILE, json_option, runs_option


@click.command()
@click.argument("file", type=FILE)
@click.option("--design", "named", type=FILE, help="The design that the file was made from.")
@runs_option
@json_option
def command(*, file: Path, named: Path | None, runs_dir: Path, as_json: bool) -> int:
    """Prove that a file is what it was when it was written, by the chain of hashes.

    FILE is a design file, a run folder, a mesh design, a calibration, an STL, the masks of a mesh, or a
    hand-off package: its ZIP, or the folder that it was unpacked into. Every hash in a file is computed anew
    from its bytes; an STL and masks are followed back to their design and compared with it, a calibration to
    its mesh design; a package is followed file by file. The answer is 1 if the chain is broken.
    """
    from fabdesign.check import is_bundle, verify_path
    from fabdesign.design.runs import DESIGN_NAME

    run = file.is_dir() and not is_bundle(file)
    verification = verify_path(file / DESIGN_NAME if run else file, named, runs_dir)
    if as_json:
        emit_json(verification.to_dict())
    else:
        show_findings(verification.findings)
        result_table(
            [
                ("file", verification.path),
                ("design", verification.design_hash),
                *(("proved", sentence) for sentence in verification.proved),
                ("verdict", "ok" if verification.ok else "FAILED"),
            ]
        )
    return ExitCode.DONE if verification.ok else ExitCode.FINDINGS
