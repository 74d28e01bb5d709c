"""What can be bought back after a diffractive stack was printed with errors that nobody knows."""
