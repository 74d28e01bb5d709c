"""The chain of hashes from the design to the files."""

from __future__ import annotations

from fabdesign.check import LayerResult
from fabdesign.report.blocks import Block, Cell, Section, Table, Text, code, number, text
from fabdesign.report.subject import Subject


def chain(subject: Subject) -> Section:
    """What was proved, each file with its hash, and each layer with what its file shows."""
    blocks: list[Block] = []
    proof = subject.verification
    if proof is not None:
        words = [f"{sentence[0].upper()}{sentence[1:]}." for sentence in proof.proved]
        blocks += [Text(sentence, "good") for sentence in words]
        blocks += [Text(finding.message, "bad") for finding in proof.findings]
    if subject.files:
        blocks.append(_files(subject))
    if subject.checked.layers:
        blocks.append(_layers(subject))
    lead = (
        "The design hash covers levels, heights and the physical record. fabdesign verify FILE walks this "
        "chain again from the bytes."
    )
    return Section("chain", "Chain of hashes", blocks, lead)


def _files(subject: Subject) -> Table:
    rows = [
        [text(file.name), text(file.what), Cell(f"{file.bytes:,}", file.bytes), code(file.sha256)]
        for file in subject.files
    ]
    return Table("Files", ("file", "what", "bytes", "SHA-256"), rows)


def _layers(subject: Subject) -> Table:
    rows = [_layer(layer, subject.design.content_hash) for layer in subject.checked.layers]
    head = (
        "file", "format", "layer", "names the design", "levels", "changed pixels", "rms off (nm)",
        "largest off (nm)", "orientation",
    )  # fmt: skip
    return Table("Layers as their files show them", head, rows)


def _layer(layer: LayerResult, content_hash: str) -> list[Cell]:
    told = layer.to_dict()
    tag = layer.read.tag
    named = tag is not None and content_hash.startswith(tag.hash_prefix)
    return [
        text(layer.read.paths[0].name),
        text(told["format"]),
        Cell(str(told["layer"]), told["layer"]),
        text("yes", "good") if named else text("no", "bad"),
        text("identical", "good") if told["identical"] else text("differ", "bad"),
        Cell(str(told["changed_pixels"]), told["changed_pixels"]),
        number(told["rms_deviation_nm"], ".3g"),
        number(told["largest_deviation_nm"], ".3g"),
        text(told["orientation"]),
    ]
