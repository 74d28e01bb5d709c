"""What sideways shifts between layers cost."""
