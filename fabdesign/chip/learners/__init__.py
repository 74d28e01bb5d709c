"""Ways to tune active phases by measurements: one file each in ``methods``."""

from fabdesign.chip.learners.base import ActiveTwin, Learner, Situation
from fabdesign.chip.learners.registry import learner_class, learner_names, make_learner

__all__ = ["ActiveTwin", "Learner", "Situation", "learner_class", "learner_names", "make_learner"]
