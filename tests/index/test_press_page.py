"""A page as it is copied from a site: boilerplate, speakers and dates reach the passages, each in its own."""

from __future__ import annotations

from index.reading.annotate import annotate, dated
from index.split import split
from index.types import Document, DocumentInfo, Passage

ARTICLE = """\
We use cookies to give you the best experience. Accept all cookies

Harbour bridge opens two years late

Published: 7 April 2017

The bridge cost more than twice what the council had planned in 2014, and its opening was put off three times.

“We are sorry for what the delay has cost the town,” said Ann Archer, chief executive of the council.

Comments

Ben Baker
8 April 2017 at 9:14 am
The old ferry was never late, and nobody asked those of us who used it every day.

Cora Cole
9 April 2017 at 7:40 pm
My shop lost half of its customers last month and nobody has offered us anything at all.

Sign up to our newsletter | Share this article | Follow us on Twitter

All rights reserved. No part of this site may be reproduced.
"""


def passages(text: str, **info: str) -> tuple[DocumentInfo, list[Passage]]:
    document = annotate(Document(DocumentInfo("d", "a.txt", "A", "", "text/plain", **info), text))
    return document.info, dated(document, split(document))


def test_an_article_with_comments() -> None:
    info, found = passages(ARTICLE)
    assert (info.published, info.dated_by) == ("2017-04-07", "text")
    body = [passage for passage in found if not passage.boilerplate and not passage.voice]
    remarks = [passage for passage in found if passage.voice]
    asides = " ".join(passage.text for passage in found if passage.boilerplate)
    assert "cookies" in asides and "newsletter" in asides and "All rights reserved" in asides
    assert not any("cookies" in passage.text or "reserved" in passage.text for passage in body)
    assert not any("cookies" in passage.heading for passage in found), "a notice heads nothing"
    assert [(p.voice, p.speaker, p.published, p.paragraph) for p in remarks] == [
        ("public", "Ben Baker", "2017-04-08", None),
        ("public", "Cora Cole", "2017-04-09", None),
    ]
    (said,) = [speech for passage in body for speech in passage.speeches]
    assert said.speaker.startswith("Ann Archer") and "We are sorry" in ARTICLE[said.start : said.end]
    # "In 2014" as it stands; "last month" as on the day of the remark.
    assert ("2014-01-01", "2014-12-31") in [(d.since, d.until) for p in body for d in p.dates]
    assert ("2017-03-01", "2017-03-31") in [(d.since, d.until) for d in remarks[1].dates]


def test_what_is_known_of_a_document_stays() -> None:
    info, _ = passages(ARTICLE, published="2016", dated_by="sources.csv")
    assert (info.published, info.dated_by) == ("2016", "sources.csv")


def test_a_text_without_a_date_gets_none() -> None:
    info, found = passages("The bridge was repaired. Nobody wrote down when.")
    assert (info.published, info.dated_by) == ("", "")
    assert found[0].dates == ()
