"""The page on handing over shows the README as it is written today."""

import importlib.util
from pathlib import Path

MAKER = Path(__file__).parents[2] / "docs" / "make_hand_off.py"


def test_the_page_shows_todays_readme():
    spec = importlib.util.spec_from_file_location("make_hand_off", MAKER)
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    text = maker.sample_readme()
    assert text.count("\n") <= 60
    assert f"~~~markdown\n{text}~~~\n" in maker.PAGE.read_text(encoding="utf-8"), "run docs/make_hand_off.py"
