"""The catalogue lists every finding that the code can make, and no other."""

import re
from pathlib import Path

import fabdesign.check
from fabdesign.check.catalogue import finding_titles

_PREFIXES = (
    "assembly|base|bundle|chain|chip|compensation|geometry|grey|heights|job|layer|levels|masks|model|nano|optics|"
    "orientation|pixels|position|print|record|relief|scale"
)


def test_the_catalogue_is_complete() -> None:
    folder = Path(fabdesign.check.__file__).parent
    text = "".join(
        path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path.name != "catalogue.py"
    )
    used = set(re.findall(rf'"((?:{_PREFIXES})\.[a-z-]+)"', text))
    assert used == set(finding_titles())
    assert len(set(finding_titles().values())) == len(used)
