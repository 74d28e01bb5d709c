"""Job text for machines that are told every line: writing fields, hatching, and GWL."""
