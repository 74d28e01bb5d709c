"""Learning on a simulated chip, after Gu et al., AAAI 2021 (arXiv 2012.11148)."""
