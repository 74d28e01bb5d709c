"""XML that anyone may have written, in bounded memory: no document types, so no entities and no files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from xml.parsers import expat

from fabdesign.errors import FileFormatError

LONGEST_TOKEN = 1 << 20
"""Bytes that one tag, comment or the like may have."""
_SEPARATOR = " "


class XmlReader(Protocol):
    """What is told of a document while it is parsed; names are "namespace name", or "name" without one."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; who may meet large documents must limit how deep they are nested."""

    def end(self, name: str) -> None:
        """An element ends."""

    def prefix(self, prefix: str | None, namespace: str | None) -> None:
        """A prefix stands for a namespace from here on."""


class XmlParser:
    """Parses one document.

    Args:
        reader: is told what is in it.
        label: how to call the document in messages.
    """

    def __init__(self, reader: XmlReader, label: str) -> None:
        self._label = label
        self._parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = reader.start
        self._parser.EndElementHandler = reader.end
        self._parser.StartNamespaceDeclHandler = reader.prefix
        self._parser.StartDoctypeDeclHandler = self._refuse_document_type
        self._parser.EntityDeclHandler = self._refuse_document_type

    def listen(self, to_text: Callable[[str], None] | None) -> None:
        """Say where text between tags goes from here on; None: nowhere."""
        self._parser.CharacterDataHandler = to_text

    def parse(self, chunks: Iterable[bytes]) -> None:
        """Parse a document given in pieces.

        Raises:
            FileFormatError: it is no well-formed XML, has a document type, or is made to exhaust memory.
        """
        fed = 0
        try:
            for chunk in chunks:
                self._parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(self._parser.CurrentByteIndex, 0) > LONGEST_TOKEN + len(chunk):
                    raise self.refused(f"a tag in it is longer than {LONGEST_TOKEN} bytes")
            self._parser.Parse(b"", True)
        except expat.ExpatError as broken:
            raise self.refused(f"it is no well-formed XML ({broken})") from broken
        except (LookupError, ValueError) as unknown:
            raise self.refused(f"it is in no encoding that XML readers know ({unknown})") from unknown

    def refused(self, why: str) -> FileFormatError:
        """The error that a document cannot be read."""
        return FileFormatError(
            f"{self._label} cannot be read: {why}.", hint="The file is damaged or foreign; export it again."
        )

    def _refuse_document_type(self, *_: object) -> None:
        raise self.refused("it declares a document type or an entity, which such files must not")
