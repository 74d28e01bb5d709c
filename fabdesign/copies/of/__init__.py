"""One module for each family of perturbations; each offers a tuple ``PERTURBATIONS``."""
