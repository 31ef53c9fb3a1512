"""What the formats share that are ZIP archives of XML: bounded unpacking, and parsing that resolves nothing."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from index.errors import LoadError
from index.loaders.base import Limits, begins_like

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".vml")


class Package:
    """The members of a document that is a ZIP archive, read one at a time and never beyond the limits.

    `what` names the kind of document in messages, `needs` is a member that every such document has. Raises
    LoadError for another kind of file, an encrypted or damaged one, and one that unpacks beyond the limits.
    """

    def __init__(self, data: bytes, where: str, limits: Limits, *, what: str, needs: str) -> None:
        self._where, self._what = where, what
        if data.startswith(_OLE):
            locked = "EncryptedPackage".encode("utf-16-le") in data
            raise LoadError(
                where,
                "is encrypted with a password; save a copy without protection"
                if locked
                else f"is not {what} but an old Office document; open it and save it in the new form",
            )
        if not data.startswith(b"PK"):
            kind = begins_like(data)
            raise LoadError(where, f"is not {what}{f': it begins like {kind}' if kind else ''}")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise LoadError(where, f"is truncated or damaged ({error}); copy it again") from error
        members = self._archive.infolist()
        self.names = frozenset(member.filename for member in members)
        if needs not in self.names:
            raise LoadError(where, f"is not {what} but another kind of ZIP archive")
        if any(member.flag_bits & 1 for member in members):
            raise LoadError(where, "is encrypted with a password; save a copy without protection")
        # zipfile reads no more of a member than is announced, so the announced sizes bound what is unpacked.
        markup = sum(member.file_size for member in members if member.filename.lower().endswith(_MARKUP))
        total = sum(member.file_size for member in members)
        if markup > limits.max_markup_bytes or total > limits.max_unpacked_bytes:
            raise LoadError(
                where,
                f"unpacks to more than the limit of {limits.max_markup_bytes:,} bytes of markup; split it",
            )

    def read(self, name: str) -> bytes:
        """A member's bytes; b"" if there is none of that name."""
        if name not in self.names:
            return b""
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
            raise self.damaged(f"{name}: {error}") from error

    def xml(self, name: str) -> etree._Element | None:
        """The root of a member's XML; None if there is none of that name."""
        data = self.read(name)
        if not data:
            return None
        try:
            return etree.fromstring(data, safe_parser())
        except etree.XMLSyntaxError as error:
            raise self.damaged(f"{name}: {error}") from error

    def damaged(self, detail: object) -> LoadError:
        """The error for a document that is of the right kind and cannot be read."""
        said = " ".join(str(detail).split())[:120]
        return LoadError(
            self._where, f"is a damaged file: not {self._what} as it should be ({said}); save it again"
        )


def safe_parser() -> etree.XMLParser:
    """A parser that fetches nothing, expands no entities, and keeps libxml2's bounds on depth and size."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
