"""PQ, post-training quantisation: train in full precision, then round (QuATON's first baseline)."""

from jaxtyping import Float
from torch import Tensor

from fabdesign.quantise.paper import PaperQuantiser


class PostQuantisation(PaperQuantiser):
    """Train continuous phases; round on the paper's range at the end."""

    name = "pq"

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        return self.weight

    def free_phase(self) -> Float[Tensor, "layer y x"]:
        return self.weight.detach().clone()
