"""The rules, one module each; `fabdesign.check.rules.registry` finds them."""
