"""Training: the loop, checkpoints, run folders and scores."""

from fabdesign.training.evaluate import Evaluation, evaluate_design, evaluate_network
from fabdesign.training.events import (
    Evaluating,
    Event,
    Finished,
    Listener,
    Preparing,
    Saved,
    Started,
    Stepped,
    Warned,
)
from fabdesign.training.ranks import Ranks, joined_ranks
from fabdesign.training.run import TrainResult, resume, train

__all__ = [
    "Evaluating",
    "Evaluation",
    "Event",
    "Finished",
    "Listener",
    "Preparing",
    "Ranks",
    "Saved",
    "Started",
    "Stepped",
    "TrainResult",
    "Warned",
    "evaluate_design",
    "evaluate_network",
    "joined_ranks",
    "resume",
    "train",
]
