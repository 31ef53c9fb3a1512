"""Evidence packs in the forms in which they are filed: Markdown, HTML and Word."""

from qa.packing.forms import PACK_FORMATS, write_pack

__all__ = ["PACK_FORMATS", "write_pack"]
