"""The memory of training large layers, beside what was estimated before it started."""
