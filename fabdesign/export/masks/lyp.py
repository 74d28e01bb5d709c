"""Layer properties for KLayout: names and colours, so that a mask set opens readable."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#999999")
_LAYER = """ <properties>
  <frame-color>{colour}</frame-color>
  <fill-color>{colour}</fill-color>
  <frame-brightness>0</frame-brightness>
  <fill-brightness>0</fill-brightness>
  <dither-pattern>{pattern}</dither-pattern>
  <valid>true</valid>
  <visible>{visible}</visible>
  <transparent>true</transparent>
  <width>1</width>
  <marked>false</marked>
  <animation>0</animation>
  <name>{name}</name>
  <source>{layer}/{datatype}@1</source>
 </properties>
"""
_PATTERNS = ("I5", "I9", "I4", "I8", "I11", "I12", "I6", "I7")
_HOLLOW, _OUTLINE = "I1", "outline"


def layer_properties(layers: Sequence[tuple[int, int, str, bool]]) -> str:
    """The text of a ``.lyp`` file.

    Args:
        layers: layer, datatype, name, and whether it is shown at first.
    """
    body = "".join(
        _LAYER.format(
            colour=_COLOURS[at % len(_COLOURS)],
            pattern=_HOLLOW if _OUTLINE in name else _PATTERNS[at % len(_PATTERNS)],
            visible=str(shown).lower(),
            name=escape(f"{layer}/{datatype} {name}"),
            layer=layer,
            datatype=datatype,
        )
        for at, (layer, datatype, name, shown) in enumerate(layers)
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<layer-properties>\n{body}</layer-properties>\n'
