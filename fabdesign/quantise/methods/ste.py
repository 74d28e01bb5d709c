"""STE, straight-through estimator: rounded forward, identity gradient (Bengio et al., arXiv 1308.3432)."""

from jaxtyping import Float
from torch import Tensor

from fabdesign.quantise.paper import PaperQuantiser


class StraightThrough(PaperQuantiser):
    """Round in the forward pass and hand the gradient through unchanged, outside the range too."""

    name = "ste"

    def soft_phase(self, progress: float) -> Float[Tensor, "layer y x"]:
        return self.weight + (self.rounded() - self.weight).detach()
