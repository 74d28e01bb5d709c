"""What the page says beside its tables."""

HEAD = """# Learning on the chip

Networks are trained in software, decomposed into triangular meshes, and deployed onto simulated chips
with the errors of Gu et al. (AAAI 2021): σ(γ) = 2e-3 of γ = 0.1653 on every device, active or passive,
and crosstalk 2e-3 between neighbours. A query is one batch of 32. "Recovered" is the test accuracy of the
phases with the lowest loss on the first training examples, which are looked at now and then; nothing is
chosen by test examples. These looks are not in the budget.

Power is the sum of the commanded active phases in rad. The *short* gauge takes every angle in [0, π), so
it is the cheapest one before anything is learnt; the *wide* one spreads them over [0, 2π), as the paper's
sums imply (3.06 rad a device). All tables use the short one but for those that say so.

The paper's step of 0.02 rad falls by 1.5 % an epoch, and its runs last millions of queries. Within tens
of thousands it hardly falls, and because SZO-SCD always moves, the accuracy then stays where the steps'
noise leaves it. On MNIST the step is therefore also halved every 0.07 epochs (`half_life`), so that it is
down to 0.0015 rad when the budget ends. Digits and Vowel use the paper's schedule.
"""
FINDINGS = """## Beside the paper

What agrees:

- **Table 1, sparse.** On MNIST SZO-SCD with α = 0.15 and s = 0.1 ends near the paper's best of 93.5 %,
  from an ideal network as good as the paper's (95.3 %). Deployed chips are somewhat better than the
  paper's 83 to 84.6 %: they spread widely, and the paper does not say how many it made.
- **Table 1, dense.** With α = s = 1, 3,223 phases are optimised in one run (more than the 2,500 of the
  paper's claim). FLOPS diverges, from 80 to 20 % right. STP and SZO-SCD lose what they had: after the
  first passes over all phases on single batches, the loss is higher than at the start.
- **Figure 4.** At equal queries fewer heaters end higher: α = 0.05 and 0.15 above 0.4, and 0.4 above 1.
  Dense crosstalk also costs accuracy before learning.
- **Figure 6 and Table 4.** Pruning costs no accuracy and stops the climb of power. Nearly all of the
  power that α = 0.15 with p = 1 saves against α = 1 (84 to 85 %) is simply the share of devices without a
  heater.
- **Tables 2 and 4, the convolutional network on MNIST.** 16 × 16 pixels, 1,464 weights as in the paper, α
  = 0.05, p = 1: three chips reach 95.5 %, where the paper's go from 87.4 to 95.5 %; its power is 6 % of
  that of α = 1.

What does not:

- **ZAdam and ZNewton do not diverge when dense** with the paper's learning rate of 1e-3: they improve
  slowly, with two and three queries for each of 3,223 phases in a batch. "Diverge" is not defined in the
  paper.
- **SZO-SCD is not the best learner.** At equal queries physics-aware training and identification win on
  MNIST by one to two points; among those without a model FLOPS, PEPG, ADMM and SZO-SCD lie within a point
  of each other, and STP and SPSA not far behind. In Table 1 SZO-SCD leads STP by 3.3 and ZAdam by 5.4
  points; here no zeroth-order learner wins.
- **3.4 to 7.6 times fewer queries with few heaters.** The column "queries to half the gap" is what
  compares here. The gap is the chip's own, from deployed to ideal, because a dense chip also starts
  lower.
- **Power of p = 1 against p = 0.** The ratio is 1.2 on digits, 1.3 on MNIST and 1.6 on Vowel, where the
  paper has 2.0, 2.0 and 1.5; it is 4 on the convolutional network. It depends on how many phases lie near
  0, and no ratio means anything without its gauge. In the wide gauge a chip also starts much worse (48 %
  right on MNIST), because errors grow with the phase: the short gauge alone is worth more than most of
  the learning.
- **Vowel.** The paper's features come from a network that sees the labels. Principal components serve as
  well (99 % ideal), and four chips of five lose less than the paper's (81.5 to 86.2 % deployed), so that
  there is little to recover. One test vowel is 0.9 points, too coarse to compare shares s or α by.

Not run: the networks for FMNIST and CIFAR-10, the paper's 10 million queries, more than one chip for the
tables of α, of dense learners and of learners at equal queries. All chips are simulated.
"""
