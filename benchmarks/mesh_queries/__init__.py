"""Queries per second of a simulated chip, against rebuilding all matrices for every query."""
