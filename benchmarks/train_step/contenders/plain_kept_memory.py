from benchmarks.train_step.contenders.plain import Contender as Plain
from fabdesign.optics.allocator import tune_allocator


class Contender(Plain):
    """The plain loop with our allocator setting: what the setting alone gives."""

    label = "plain loop + our allocator setting"

    def build(self) -> None:
        tune_allocator()
        super().build()
