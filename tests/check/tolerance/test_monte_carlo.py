"""Random copies: reproducible alone, in any order, after a stop; and what is made of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fabdesign.check.tolerance import (
    Compensators,
    Plan,
    make_plan,
    run_sample,
    run_samples,
    stated_plan,
    summarise,
    tolerance,
)
from fabdesign.check.tolerance.compensate import SEARCHED, compensate
from fabdesign.check.tolerance.monte_carlo import CHUNK, Record, run_chunk, simulator_of
from fabdesign.check.tolerance.statistics import contributions, quantiles, wilson
from fabdesign.copies.sample import sample_copy
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.process import load_profile
from tests.check.tolerance import benches


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("plan")
    return stated_plan(benches.small_plan(folder))


@pytest.fixture(scope="module")
def records(plan: Plan) -> list[Record]:
    return run_samples(plan, 20)


def test_copies_depend_on_seed_and_number_alone(plan: Plan, records: list[Record]) -> None:
    assert run_sample(plan, 13) == records[13]
    assert len({record["scores"]["detector_efficiency"] for record in records}) == len(records)


def test_order_does_not_matter(plan: Plan, records: list[Record]) -> None:
    def backwards(given: Plan, chunks: list[int]) -> Iterator[tuple[int, list[Record]]]:
        for chunk in reversed(chunks):
            yield chunk, run_chunk(given, chunk)

    assert run_samples(plan, 20, work=backwards) == records


def test_a_run_that_was_stopped_goes_on(plan: Plan, records: list[Record], tmp_path: Path) -> None:
    kept = tmp_path / "copies.json"

    def dies(given: Plan, chunks: list[int]) -> Iterator[tuple[int, list[Record]]]:
        yield chunks[0], run_chunk(given, chunks[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_samples(plan, 20, checkpoint=kept, work=dies)
    computed: list[int] = []

    def counted(given: Plan, chunks: list[int]) -> Iterator[tuple[int, list[Record]]]:
        for chunk in chunks:
            computed.append(chunk)
            yield chunk, run_chunk(given, chunk)

    assert run_samples(plan, 20, checkpoint=kept, resume=True, work=counted) == records
    assert computed == [1, 2]
    fresh = tmp_path / "fresh.json"
    run_samples(plan, 20, checkpoint=fresh)
    assert fresh.read_bytes() == kept.read_bytes()


def test_a_checkpoint_of_another_run_is_refused(plan: Plan, tmp_path: Path) -> None:
    kept = tmp_path / "copies.json"
    kept.write_text(json.dumps({"format": "fabdesign monte carlo 1", "fingerprint": "0", "chunks": {}}))
    with pytest.raises(ConfigError, match="another design, seed"):
        run_samples(plan, 8, checkpoint=kept, resume=True)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"\xff\xfe", b'{"format": "fabdesign monte carlo 1"}', b"[" * 100_000],
)
def test_a_damaged_checkpoint_is_refused(plan: Plan, tmp_path: Path, content: bytes) -> None:
    kept = tmp_path / "copies.json"
    kept.write_bytes(content)
    with pytest.raises(FileFormatError, match="damaged"):
        run_samples(plan, 8, checkpoint=kept, resume=True)


def test_chunks_that_hold_something_else_are_refused(plan: Plan, tmp_path: Path) -> None:
    kept = tmp_path / "copies.json"
    for chunks in ('{"0": 3}', '{"x": []}', '{"0": [{"sample": 0, "scores": {"accuracy": "high"}}]}'):
        head = f'"format": "fabdesign monte carlo 1", "fingerprint": "{plan.fingerprint}"'
        kept.write_text(f'{{{head}, "chunks": {chunks}}}')
        with pytest.raises(FileFormatError, match="damaged"):
            run_samples(plan, 8, checkpoint=kept, resume=True)


def test_compensation_lowers_the_loss_it_is_judged_by(tmp_path: Path) -> None:
    plan = stated_plan(benches.small_plan(tmp_path, compensators=Compensators(0.5, 1.0)))
    simulator = simulator_of(plan)
    for sample in range(2):
        state = sample_copy(plan.device, plan.terms, plan.seed, sample, plan.groups)
        best = compensate(simulator, state, plan.compensators)
        loss = simulator.detector_search(state, SEARCHED)
        before, after = (
            loss(np.array([*copy.detector_shift_um, copy.detector_axial_um])) for copy in (state, best)
        )
        assert after < before
        assert np.abs(best.detector_shift_um).max() < 20


def test_compensation_finds_detectors_that_were_displaced(tmp_path: Path) -> None:
    plan = benches.small_plan(
        tmp_path, only=["detector-shift"], amounts={"detector-shift": 1.0}, compensators=Compensators(1.0)
    )
    record = run_sample(plan, 0)
    assert np.hypot(*record["detector_um"][:2]) < 4.0
    assert record["compensated"]["target_efficiency"] != record["scores"]["target_efficiency"]


def test_errors_that_go_together_share_their_draws(tmp_path: Path) -> None:
    alone = {"only": ["height-gain"], "amounts": {"height-gain": 0.02}}
    both = {
        "only": ["height-gain", "shrink-z"],
        "amounts": {"height-gain": 0.01, "shrink-z": 0.01},
        "groups": [["height-gain", "shrink-z"]],
    }
    one = run_sample(benches.small_plan(tmp_path, **alone), 3)["scores"]["target_efficiency"]
    two = run_sample(benches.small_plan(tmp_path, **both), 3)["scores"]["target_efficiency"]
    against = run_sample(
        benches.small_plan(tmp_path, **{**both, "groups": [["height-gain", "-shrink-z"]]}), 3
    )["scores"]["target_efficiency"]
    still = run_sample(benches.small_plan(tmp_path, only=["height-gain"], amounts={"height-gain": 0.0}), 3)
    assert two == pytest.approx(one, rel=2e-3)
    assert against == pytest.approx(still["scores"]["target_efficiency"], rel=2e-3)


def test_groups_must_fit(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="draw different numbers"):
        benches.small_plan(tmp_path, groups=[["height-gain", "roughness"]])
    with pytest.raises(ConfigError, match="each once"):
        benches.small_plan(tmp_path, groups=[["height-gain", "no-such"]])


def test_summary_counts_what_meets_the_spec(plan: Plan) -> None:
    scores = [0.5, 0.9, 0.8, 0.7, 0.95, 0.6, 0.85, 0.75]
    made: list[Record] = [{"sample": n, "scores": {"accuracy": s}} for n, s in enumerate(scores)]
    result = summarise(plan, made, metric="accuracy", nominal=0.9, spec=0.75)
    assert result.assembled.yield_at_spec.passed == 5
    assert [step.count for step in result.assembled.convergence] == [2, 4, 8]
    assert [number for number, _ in result.assembled.worst] == [0, 5, 3, 7, 2]
    assert result.assembled.curve[0] == (0.5, 1.0)
    assert result.assembled.curve[-1] == (0.95, 0.125)
    assert (result.contributions, result.rest) == ((), 1.0)
    turned = summarise(plan, made, metric="accuracy", nominal=0.9, spec=0.75, lower=True)
    assert turned.assembled.yield_at_spec.passed == 4
    assert turned.assembled.worst[0] == (4, 0.95)


def test_wilson_interval_holds_its_ends() -> None:
    assert wilson(0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))
    assert wilson(10, 10) == (pytest.approx(0.7225, abs=1e-4), 1.0)
    for passed, count in ((3, 10), (50, 60)):
        for end in wilson(passed, count):
            share = passed / count
            assert (share - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / count, rel=1e-5)


def test_contributions_of_a_known_function() -> None:
    """f = 2a + b² + noise: variances 4, 2 and 1."""
    rng = np.random.default_rng(5)
    a, b, c = (rng.normal(size=(4000, 1)) for _ in range(3))
    scores = 2 * a[:, 0] + b[:, 0] ** 2 + rng.normal(size=4000)
    found, rest = contributions({"a": a, "b": b, "c": c}, scores)
    shares = {item.name: item.share for item in found}
    assert [item.name for item in found] == ["a", "b", "c"]
    assert shares["a"] == pytest.approx(4 / 7, abs=0.04)
    assert shares["b"] == pytest.approx(2 / 7, abs=0.04)
    assert shares["c"] < 0.01
    assert rest == pytest.approx(1 / 7, abs=0.02)


def test_quantiles_are_ordered() -> None:
    p10, p50, p90 = quantiles(np.random.default_rng(0).normal(size=200).tolist())
    assert p10 < p50 < p90


def test_chunks_are_fixed_by_number(plan: Plan, records: list[Record]) -> None:
    assert [record["sample"] for record in run_chunk(plan, 1)] == list(range(CHUNK, 2 * CHUNK))


def test_a_process_without_numbers_has_no_yield(tmp_path: Path) -> None:
    plan = make_plan(benches.classifier(), load_profile("ideal"), data=benches.images(tmp_path))
    with pytest.raises(ConfigError, match="no perturbation has an amount"):
        tolerance(plan, parts=["monte-carlo"], samples=1)
