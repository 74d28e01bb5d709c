"""Masks of meshes: what their polygons do, by fabdesign's own composition and by sax."""
