"""Methods by name, and what a user is told about options."""

import pytest
import torch

from fabdesign.errors import ConfigError
from fabdesign.process import LevelTable, ideal_table
from fabdesign.quantise import default_table, make_quantiser, quantiser_class, quantiser_names


@pytest.fixture
def table() -> LevelTable:
    return ideal_table(4, wavelength_um=0.785, material_index=1.54, medium_index=1.0)


def test_all_methods_are_found_by_their_files() -> None:
    assert {"gs", "none", "pq", "psq", "psq-lt", "ste", "transmission"} <= set(quantiser_names())
    assert all(quantiser_class(name).name == name for name in quantiser_names())


@pytest.mark.parametrize("name", quantiser_names())
def test_every_method_keeps_the_contract(name: str, table: LevelTable) -> None:
    quantiser = make_quantiser(name, (2, 6, 5), table, seed=4)
    again = make_quantiser(name, (2, 6, 5), table, seed=4)
    other = make_quantiser(name, (2, 6, 5), table, seed=5)
    t = quantiser.transmission(0.3, torch.Generator().manual_seed(0))
    assert t.shape == (2, 6, 5)
    assert t.is_complex()
    assert float(t.detach().abs().max()) < 1 + 1e-5
    (t.real.sum() + quantiser.penalty(0.3)).backward()
    assert all(parameter.grad is not None for parameter in quantiser.parameters())
    levels = quantiser.hard_levels()
    assert levels.dtype == torch.uint8
    assert levels.shape == (2, 6, 5)
    assert int(levels.max()) < quantiser.table.n == 4
    assert torch.equal(levels, again.hard_levels())
    assert not torch.equal(levels, other.hard_levels())
    assert default_table(name, table).phase_rad.tolist() == quantiser.table.phase_rad.tolist()
    assert all(isinstance(value, float) for value in quantiser.describe(0.3).values())


def test_an_unknown_method_is_named_with_its_neighbour() -> None:
    with pytest.raises(ConfigError, match="'psq_lt'") as caught:
        quantiser_class("psq_lt")
    assert caught.value.hint == "Did you mean 'psq-lt'?"


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        ({"strat": 2.0}, "no option 'strat'", "Did you mean 'start'?"),
        ({"zzz": 2.0}, "no option 'zzz'", "Known options: start, end."),
        ({"start": "2"}, "start must be a finite number; got '2'", None),
        ({"start": True}, "start must be a finite number; got True", None),
        ({"end": -1.0}, "end must lie between 0.001 and 10000; got -1", None),
        ({"end": float("nan")}, "end must be a finite number", None),
    ],
)
def test_wrong_options_are_told(
    table: LevelTable, options: dict[str, object], message: str, hint: str | None
) -> None:
    with pytest.raises(ConfigError, match=r"quantise\.options") as caught:
        make_quantiser("psq", (1, 2, 2), table, 0, options)
    assert message in caught.value.message
    assert caught.value.hint == hint


def test_words_and_methods_without_options_are_checked(table: LevelTable) -> None:
    with pytest.raises(ConfigError, match="final must be one of sample, argmax; got 'best'"):
        make_quantiser("gs", (1, 2, 2), table, 0, {"final": "best"})
    with pytest.raises(ConfigError) as caught:
        make_quantiser("ste", (1, 2, 2), table, 0, {"start": 1.0})
    assert caught.value.hint == "This method has no options."
