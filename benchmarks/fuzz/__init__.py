"""Damaged files of every format: a clear error, a named finding, or still the design; never anything else."""
