"""The time and memory of one training step, against named peers."""
