"""The likely encoding of text that is not UTF-8 and does not say what it is."""

from __future__ import annotations

import re

_SAMPLE = 100_000

# A symbol between two letters: what another code page's letters look like when read as Western.
_ODD = re.compile(r"[^\W\d_][¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶¸¹º»¼½¾¿×÷†‡‰ˆ˜¨]+[^\W\d_]")


def guess_encoding(data: bytes) -> str:
    """A Python codec name, or "" when nothing fits. Only the first 100,000 bytes are looked at.

    charset-normalizer decides, except between Western text and its look-alikes: given an English page with
    one accented word it answers cp1006 or mac_latin2, and a file converted by that advice would misquote.

    >>> guess_encoding("The café said it “did not” know.".encode("cp1252"))
    'cp1252'
    >>> guess_encoding("Комиссия проверила работу совета и нашла недостатки.".encode("cp1251"))
    'cp1251'
    """
    sample = data[:_SAMPLE]
    try:
        western = sample.decode("cp1252")
    except UnicodeDecodeError:
        pass
    else:
        foreign = sum(byte > 0x7F for byte in sample)
        if foreign < 0.3 * len(sample) and not _ODD.search(western):
            return "cp1252"
    from charset_normalizer import from_bytes  # here: only a file that breaks the rule needs it

    best = from_bytes(sample).best()
    return best.encoding if best else ""
