"""An instrument over a local socket; see README.md."""
