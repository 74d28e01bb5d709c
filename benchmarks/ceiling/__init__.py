"""What linear optics and square-law detectors can tell apart at most, without any optics in the way."""
