"""The paper's methods, tuned variants and ours, in one harness with equal budgets."""
