"""Can the process make the design? One module per rule; a new rule is one new file."""

from fabdesign.check.rules.registry import Rule, rules, run_rules

__all__ = ["Rule", "rules", "run_rules"]
