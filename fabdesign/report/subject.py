"""What a report is about: a design with everything that was found out about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.check import CheckResult, OpticalModel, Verification, optical_model
from fabdesign.design import Design
from fabdesign.design.metrics import METRICS, headline_of
from fabdesign.process import Profile
from fabdesign.report.blocks import Block
from fabdesign.report.results import Results


@dataclass(frozen=True)
class FileFact:
    """One file, as the hash chain names it.

    Args:
        name: file name, without the folder that it happens to lie in.
        bytes: its size.
        sha256: of its bytes.
        what: what it is, in a few words.
    """

    name: str
    bytes: int
    sha256: str
    what: str


@dataclass(frozen=True, eq=False)
class Subject:
    """A design with its process, its files, and what check and tolerance say of them.

    Args:
        title: name of the run or file.
        version: of the fabdesign that makes the report.
        design: the design.
        checked: what `check` found; its paths are shown as they are.
        profile: the process, if known.
        profile_hash: SHA-256 of its values.
        results: what `tolerance` found.
        answers: blocks on what the device does, from `fabdesign.report.answers`.
        files: the files that belong to it.
        verification: the links of the hash chain that were proved.
    """

    title: str
    version: str
    design: Design
    checked: CheckResult
    profile: Profile | None = None
    profile_hash: str = ""
    results: Results | None = None
    answers: Sequence[Block] = ()
    files: Sequence[FileFact] = ()
    verification: Verification | None = None

    @cached_property
    def model(self) -> OpticalModel:
        """The optical model of the design."""
        return optical_model(self.design)

    @property
    def metric(self) -> str:
        """The score that speaks for the device."""
        readout = self.design.physical.readout
        return str(
            self.design.scores.get("metric") or headline_of("argmax" if readout is None else readout.kind)
        )

    def score(self, value: float | None, metric: str | None = None) -> str:
        """A score with its unit; a dash where there is none."""
        return "–" if value is None else METRICS[metric or self.metric].text(value)

    @cached_property
    def read_from(self) -> str | None:
        """The format whose files gave the heights shown; None where no whole device was read back."""
        wanted = set(range(self.design.layers))
        for name in self.checked.formats:
            if wanted <= {layer for layer, _ in self._readings(name)}:
                return name
        return None

    @cached_property
    def height_um(self) -> NDArray[np.float64]:
        """Relief heights [layer, y, x]: those of the files where all were read back, else the design's."""
        heights = self.design.height_um()
        if self.read_from is not None:
            for layer, found in self._readings(self.read_from):
                heights[layer] = found
        return heights

    @property
    def shown(self) -> str:
        """Whose heights the pictures show, in words."""
        if self.read_from is None:
            return "Heights are the design's; no complete set of files was read back."
        return f"Heights are those read back from the {self.read_from} files."

    @property
    def verdict(self) -> str:
        """What may be said of the whole in one word or two."""
        return self.checked.verdict

    def _readings(self, form: str) -> list[tuple[int, NDArray[np.float64]]]:
        return [
            (layer.comparison.layer, layer.comparison.height_um)
            for layer in self.checked.layers
            if layer.read.format == form and layer.comparison.height_um.shape == self.design.pixels
        ]
