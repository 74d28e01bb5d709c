"""Free read-outs: powers as sums of squares, and answers that come back with the seed."""

import json
from pathlib import Path

import pytest
import torch

from benchmarks.ceiling.free import Case, accuracies, field, powers
from benchmarks.ceiling.page import page
from fabdesign.tasks import load_dataset
from tests.cli.runner import run_child
from tests.training.runs import write_digits


def test_a_detector_adds_up_the_powers_of_its_modes() -> None:
    generator = torch.Generator().manual_seed(1)
    light = torch.randn(3, 5, dtype=torch.complex64, generator=generator)
    vectors = torch.randn(5, 6, dtype=torch.complex64, generator=generator)
    found = powers(light, vectors, 2)
    for detector in range(3):
        sees = vectors[:, 2 * detector : 2 * detector + 2]
        form = sees.conj() @ sees.T
        expected = torch.einsum("bp,pq,bq->b", light.conj(), form, light)
        assert torch.allclose(found[:, detector], expected.real, rtol=1e-4)
        assert torch.linalg.matrix_rank(form) == 2


def test_objects_delay_or_block() -> None:
    images = torch.tensor([[[0.0, 0.5, 1.0]]])
    assert torch.allclose(field(images, "phase"), torch.tensor([[1, 1j, -1]]), atol=1e-6)
    assert torch.allclose(field(images, "amplitude"), torch.tensor([[0, 0.5 + 0j, 1]]))


@pytest.mark.parametrize("readout", ["argmax", "pairs"])
def test_a_few_digits_are_learned_and_the_seed_decides(readout: str, tmp_path: Path) -> None:
    dataset = load_dataset(write_digits(tmp_path / "digits.npz", 200, 100))
    case = Case("amplitude", readout, modes=2, label_smoothing=0.1, seed=3)
    found = accuracies(dataset, case, epochs=20)
    assert found["train"] > 0.95
    assert 0.5 < found["test"] < found["train"]
    assert accuracies(dataset, case, epochs=20) == found


def test_the_page_has_a_row_for_each_case() -> None:
    told = {"encoder": "phase", "epochs": 10, "date": "2026-01-01", "torch": "2"}
    records = [
        {
            **told,
            "readout": readout,
            "modes": 4,
            "label_smoothing": smoothing,
            "seed": seed,
            "accuracy": {"test": 0.97 + 0.01 * seed + 0.1 * smoothing, "train": 1},
        }
        for readout in ("argmax", "pairs")
        for smoothing in (0.0, 0.1)
        for seed in (0, 1)
    ]
    text = page(records)
    assert "| ten detectors | phase | 4 | 62,720 | 0 | 97.50% ± 0.71 | 100.00% ± 0.00 |" in text
    assert "| ten pairs | phase | 4 | 125,440 | 0.1 | 98.50% ± 0.71 | " in text


def test_the_command_measures_all_cases_in_processes_of_their_own(tmp_path: Path) -> None:
    data = write_digits(tmp_path / "digits.npz", 20, 10)
    few = ["--modes", "1", "--seeds", "4", "--epochs", "1", "--jobs", "1"]
    told = ["--data", str(data), "--report", str(tmp_path)]
    answer = run_child("-m", "benchmarks.ceiling", *told, *few, cwd=Path(__file__).parents[2])
    assert answer.code == 0, answer.err
    records = json.loads((tmp_path / "ceiling.json").read_text(encoding="utf-8"))
    assert len(records) == 8
    assert {record["seed"] for record in records} == {4}
    assert (tmp_path / "ceiling.md").read_text(encoding="utf-8") == page(records)
