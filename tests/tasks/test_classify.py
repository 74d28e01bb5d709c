"""Losses and scores of classification against hand-worked numbers."""

import math
from typing import Literal

import numpy as np
import pytest
import torch

from fabdesign.tasks import ACCURACY, EFFICIENCY, SAMPLE_COUNT, TARGET_EFFICIENCY, Classify, Dataset, Split
from fabdesign.tasks.base import Batch
from fabdesign.tasks.classify import confusion, differences, predictions, shares


@pytest.fixture
def dataset() -> Dataset:
    split = Split(np.zeros((2, 4, 4), np.uint8), np.array([0, 2], np.uint8))
    return Dataset("two", split, split)


@pytest.fixture
def batch(dataset: Dataset) -> Batch:
    return Batch.of(dataset.train, slice(None))


POWERS = torch.tensor([[0.02, 0.01, 0.01], [0.03, 0.01, 0.01]])


def test_scores_are_means_over_the_examples(dataset: Dataset, batch: Batch) -> None:
    scores = Classify(dataset).scores(POWERS, batch)
    assert scores[ACCURACY] == 0.5
    assert scores[EFFICIENCY] == pytest.approx(0.045)
    assert scores[TARGET_EFFICIENCY] == pytest.approx(0.015)
    assert scores[SAMPLE_COUNT] == 2


def test_a_tie_goes_to_the_lowest_label() -> None:
    assert predictions(torch.tensor([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])).tolist() == [1, 0]


def test_confusion_counts_truth_by_row(batch: Batch) -> None:
    assert confusion(POWERS, batch.labels, 3).tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]


def test_cross_entropy_is_that_of_sharpened_shares(dataset: Dataset, batch: Batch) -> None:
    expected = [math.log(1 + 2 * math.exp(-50 * 0.25)), math.log(2 + math.exp(50 * 0.4))]
    assert Classify(dataset).loss(POWERS, batch).tolist() == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_mean_square_error_against_the_target_pattern(dataset: Dataset, batch: Batch) -> None:
    losses = Classify(dataset, loss="mse").loss(POWERS, batch)
    assert losses.tolist() == pytest.approx(
        [(0.5**2 + 2 * 0.25**2) / 3, (0.6**2 + 0.2**2 + 0.8**2) / 3], abs=1e-6
    )


@pytest.mark.parametrize("readout", ["argmax", "pairs"])
def test_label_smoothing_gives_a_share_of_each_label_to_all_classes(
    dataset: Dataset, batch: Batch, readout: Literal["argmax", "pairs"]
) -> None:
    powers = POWERS if readout == "argmax" else PAIRS
    logits = 50 * shares(POWERS) if readout == "argmax" else 10 * differences(PAIRS)
    logs = logits - logits.exp().sum(1, keepdim=True).log()
    expected = -0.9 * logs[torch.arange(2), batch.labels] - 0.1 * logs.mean(1)
    losses = Classify(dataset, label_smoothing=0.1, readout=readout).loss(powers, batch)
    assert torch.allclose(losses, expected, rtol=1e-4, atol=1e-5)


def test_efficiency_term_is_the_weighted_log_of_the_share(dataset: Dataset, batch: Batch) -> None:
    without = Classify(dataset).loss(POWERS, batch)
    with_term = Classify(dataset, efficiency_weight=0.5).loss(POWERS, batch)
    expected = [-0.5 * math.log(0.04), -0.5 * math.log(0.05)]
    assert (with_term - without).tolist() == pytest.approx(expected, rel=1e-5)


def test_losses_do_not_depend_on_the_amount_of_light(dataset: Dataset, batch: Batch) -> None:
    for loss in ("cross-entropy", "mse"):
        task = Classify(dataset, loss=loss)
        assert torch.allclose(task.loss(POWERS, batch), task.loss(1e-3 * POWERS, batch), rtol=1e-4)


@pytest.mark.parametrize("loss", ["cross-entropy", "mse"])
def test_darkness_is_no_nan(dataset: Dataset, batch: Batch, loss: str) -> None:
    powers = torch.zeros(2, 3, requires_grad=True)
    value = Classify(dataset, loss=loss, efficiency_weight=0.1).loss(powers, batch).sum()
    value.backward()
    assert math.isfinite(float(value.detach()))
    assert bool(torch.isfinite(powers.grad).all())


PAIRS = torch.tensor([[0.03, 0.01, 0.02, 0.01, 0.0, 0.01], [0.01, 0.03, 0.02, 0.02, 0.05, 0.05]])


def test_pairs_answer_by_their_difference_over_their_sum(dataset: Dataset, batch: Batch) -> None:
    task = Classify(dataset, readout="pairs")
    expected = [[0.5, 1 / 3, -1.0], [-0.5, 0.0, 0.0]]
    assert torch.allclose(task.answers(PAIRS), torch.tensor(expected))
    scores = task.scores(PAIRS, batch)
    assert scores[ACCURACY] == 0.5  # the second is a tie that goes to class 1
    assert scores[TARGET_EFFICIENCY] == pytest.approx((0.03 + 0.05) / 2)


@pytest.mark.parametrize("loss", ["cross-entropy", "mse"])
def test_pairs_have_losses_with_finite_gradients(dataset: Dataset, batch: Batch, loss: str) -> None:
    task = Classify(dataset, loss=loss, readout="pairs")
    powers = torch.stack((torch.zeros(6), PAIRS[0])).requires_grad_()
    value = task.loss(powers, batch)
    value.sum().backward()
    assert bool(torch.isfinite(powers.grad).all())
    better = torch.tensor([[1.0, 0, 0, 1, 0, 1], [0, 1, 0, 1, 1, 0]])
    assert float(task.loss(better, batch).max()) < float(value.detach().min())
