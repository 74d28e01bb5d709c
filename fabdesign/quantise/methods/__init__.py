"""The quantisation methods, one file each; a new file with a ``Quantiser`` in it is a new method."""
