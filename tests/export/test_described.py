"""What the list of formats says is what the exporters take."""

import pytest

from fabdesign.errors import ConfigError
from fabdesign.export import exporters
from fabdesign.export.described import describe_formats, options_of


@pytest.mark.parametrize("name", exporters())
def test_every_option_is_described_and_none_beside(name: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        exporters()[name].check_options({"?": 1})
    assert refusal.value.hint is not None
    taken = refusal.value.hint.removeprefix("Known options: ").removesuffix(".").split(", ")
    assert {option.name for option in options_of(name)} == set(taken) - {"physical"}


def test_all_formats_are_listed() -> None:
    assert [each["name"] for each in describe_formats()] == list(exporters())
    assert all(each["summary"] for each in describe_formats())
    with pytest.raises(ConfigError, match="must be a known one"):
        options_of("gsd")
