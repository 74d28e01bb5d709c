"""What the notes in a mask file say of the mesh that it was made from."""

from __future__ import annotations

import re

from fabdesign.chip.sources import CHIP_KINDS
from fabdesign.formats.drawing import Contents

_TAG = re.compile(rf"fabdesign ({'|'.join(CHIP_KINDS)}) ([0-9a-f]{{64}}) layer (\d{{2,3}})/(\d{{2,3}})\Z")


def chip_tag(contents: Contents) -> re.Match[str] | None:
    """Kind and hash of the design, number of the chip, and how many there are; None without such a note."""
    found = (_TAG.match(note.text) for note in contents.notes)
    return next((match for match in found if match and int(match[3]) < int(match[4])), None)


def is_chip(contents: Contents) -> bool:
    """Whether a file says that it is the mask of a mesh."""
    return chip_tag(contents) is not None
