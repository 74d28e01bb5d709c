"""Byte-level readers and writers; a leaf that knows files and nothing about optics."""
