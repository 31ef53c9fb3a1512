"""Whose document it is when sources.csv is silent: told by name, address, metadata and form, and never guessed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from index import read_documents
from index.reading.voices.bodies import of_address, of_name, of_types
from index.reading.voices.kind import document_voice
from index.sources import SourceRow
from index.types import Document, DocumentInfo
from tests.work import ends, grows_in_step

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.mark.parametrize(
    ("name", "voice"),
    [
        ("Ofsted", "inspectorate"),
        ("Care Quality Commission", "inspectorate"),
        ("HM Inspectorate of Prisons", "inspectorate"),
        ("Local Government and Social Care Ombudsman", "inspectorate"),
        ("National Audit Office", "inspectorate"),
        ("Westhaven City Council", "council"),
        ("London Borough of Westhaven", "council"),
        ("Royal Borough of Upper Marl and Dunmore", "council"),
        ("Westhaven Council", "council"),
        ("Department for Harbours", "government"),
        ("Ministry of Justice", "government"),
        ("The Scottish Government", "government"),
        ("Westhaven Constabulary", "government"),
        ("Court of Appeal (Civil Division)", "court"),
        ("Employment Tribunal", "court"),
        ("Westhaven Gazette", "press"),
        ("BBC News", "press"),
        ("The Daily Harbour", "press"),
        ("Local Government Chronicle", "press"),
        ("Marl & Dunmore Solicitors", "law"),
        ("Pier Court Chambers", "law"),
        ("Hale Legal LLP", "law"),
        ("The Westhaven Charity for Sailors", "charity"),
        # What could be two things stays untold.
        ("General Medical Council", ""),
        ("Arts Council England", ""),
        ("Westhaven Chamber of Commerce", ""),
        ("KPMG LLP", ""),
        ("Department of Physics, University of Westhaven", ""),
        ("Magistrates' Association", ""),
        ("National Union of Journalists", ""),
        ("Journal of Harbour Studies", ""),
        ("Council", ""),
        ("Ann Lee", ""),
        ("Post Office", ""),
        ("", ""),
    ],
)
def test_names(name: str, voice: str) -> None:
    assert of_name(name) == voice


@pytest.mark.parametrize(
    ("url", "text", "voice"),
    [
        ("https://www.gov.uk/government/news/x", "", "government"),
        ("https://reports.ofsted.gov.uk/1", "", "inspectorate"),
        ("https://www.cqc.org.uk/location/1", "", "inspectorate"),
        ("https://www.westhaven.police.uk/news", "", "government"),
        ("https://caselaw.nationalarchives.gov.uk/ewhc/fam/2017/123", "", "court"),
        ("https://www.upper-marl.gov.uk/pier", "Upper Marl Borough Council shut it.", "council"),
        ("https://www.westhavencouncil.gov.uk/", "", "council"),
        ("https://www.harbours.gov.uk/pier", "Upper Marl Borough Council shut it.", "government"),
        ("https://www.westhavengazette.co.uk/news/1", "", "press"),
        ("https://halesolicitors.co.uk/blog", "", "law"),
        ("https://www.westhaven.ac.uk/news", "", ""),
        ("https://example.org/council/ofsted/news", "Ofsted found it.", ""),
        ("https://ofsted.example.com/", "", ""),
        ("https://[broken", "", ""),
        ("", "", ""),
    ],
)
def test_addresses(url: str, text: str, voice: str) -> None:
    assert of_address(url, text) == voice


def test_types() -> None:
    assert of_types(["https://schema.org/NewsArticle", "GovernmentOrganization"]) == "government"
    assert of_types(["NewsArticle"]) == "press"
    assert of_types(["BlogPosting", "Organization"]) == ""


PROSE = "The pier was shut in May after its boards gave way. Nobody was hurt. It will stay shut until the spring. "
FORMS = {
    "judgment": (
        "court",
        "Neutral Citation Number: [2017] EWHC 1234 (Fam)\nCase No: ZW17C00001\n\nIN THE HIGH COURT OF JUSTICE\n"
        f"FAMILY DIVISION\n\nBefore:\nMRS JUSTICE HALE-BROWN\n\nBetween:\nA COUNCIL\n\nJudgment\n\n1. {PROSE}",
    ),
    "inspection": (
        "inspectorate",
        f"Westhaven primary\n\nInspection dates: 3 to 4 May 2023\n\nLead inspector: Bo Ray\n\n{PROSE}",
    ),
    "an inspection of a council": (
        "inspectorate",
        "Upper Marl Borough Council\nInspection of children's homes\n\n"
        f"{PROSE}\n\nStore Street\nE: enquiries@ofsted.gov.uk\nW: www.ofsted.gov.uk",
    ),
    "a council's minutes": ("council", f"Westhaven City Council\n\nMinutes of the pier committee\n\n{PROSE}"),
    "a council's statement": (
        "council",
        f"Westhaven City Council to mend its pier\n\nWe have shut the pier. {PROSE} Our engineers are at work.",
    ),
    "a department's paper": (
        "government",
        f"Piers and harbours\n\nPresented to Parliament by the Secretary of State\n\n{PROSE}",
    ),
    "contact of a council": (
        "council",
        f"Pier shut\n\n{PROSE}\n\nUpper Marl Council press office\nE: press@uppermarl.gov.uk",
    ),
    "a news report": (
        "press",
        f"Pier was never tested, inquest told\n\nBy Ann Lee, Harbour Reporter\n\n{PROSE}\n\nRead more: the winch",
    ),
    "a trade paper": (
        "press",
        f"New pier opens\n\nAnn Lee\nMonday, May 8, 2017\n\n{PROSE}\n\nImage: Harbour Board\n\n{PROSE}\n\nSubscribe",
    ),
    "a solicitors' post": (
        "law",
        f"Piers and the law\n\n{PROSE}\n\nHale is authorised and regulated by the Solicitors Regulation Authority.",
    ),
    "a charity's page": (
        "charity",
        f"Help for sailors\n\n{PROSE}\n\nRegistered charity in England and Wales (no. 1234567)",
    ),
    # None of these says whose it is.
    "a blog": ("other", f"My week at the pier\n\nAnn Lee\nMonday, May 8, 2017\n\nI went there. {PROSE}"),
    "an article on judgments": (
        "other",
        f"On harbour law\n\nIn Re P [2017] EWHC 1234 the court held that piers are land. {PROSE}",
    ),
    "about inspectors": ("other", f"What Ofsted found at Westhaven\n\nOfsted rated it inadequate. {PROSE}"),
    "about a council": (
        "other",
        f"Westhaven City Council shuts its pier\n\n{PROSE} “We are sorry,” it said.",
    ),
    "council tax": ("other", f"How council tax works\n\nWe explain it here. Our guide is short. {PROSE}"),
    "links to others": (
        "other",
        f"Sources\n\n{PROSE}\n\nSee https://www.ofsted.gov.uk/1 and www.gov.uk/2 for the reports.",
    ),
    "a list of helpers": ("other", f"Where to get help:\n\nCitizens Advice\n\nOfsted\n\n{PROSE}"),
    "nothing": ("other", " \n "),
}


@pytest.mark.parametrize("form", FORMS)
def test_texts(form: str) -> None:
    voice, text = FORMS[form]
    assert document_voice(DocumentInfo("a", "a.txt", "a.txt", "", "text/plain"), text) == voice


def page(head: str, body: str = PROSE) -> str:
    return f"<!doctype html><html><head>{head}</head><body><article><h1>Pier</h1><p>{body}</p></article></body></html>"


def linked(**data: object) -> str:
    return (
        f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org"} | data)}</script>'
    )


PAGES = {
    "site name": ("council", page('<meta property="og:site_name" content="Westhaven Borough Council">')),
    "news": ("press", page(linked(**{"@type": "NewsArticle", "datePublished": "2017-05-08"}))),
    "a government's news": (
        "government",
        page(
            linked(
                **{
                    "@type": "NewsArticle",
                    "publisher": {"@type": "GovernmentOrganization", "name": "Harbours"},
                }
            )
        ),
    ),
    "publisher by its id": (
        "charity",
        page(
            linked(
                **{
                    "@graph": [
                        {"@type": "WebPage", "publisher": {"@id": "#us"}},
                        {"@type": "NGO", "@id": "#us", "name": "Sailors"},
                    ]
                }
            )
        ),
    ),
    "canonical address": ("government", page('<link rel="canonical" href="https://www.gov.uk/piers">')),
    "name before type": (
        "council",
        page(
            '<meta property="og:site_name" content="Westhaven City Council">'
            + linked(**{"@type": "NewsArticle", "datePublished": "2017-05-08"})
        ),
    ),
    "a comment's type": (
        "other",
        page(linked(**{"@type": "Comment", "datePublished": "2017-05-08", "publisher": {"@type": "NGO"}})),
    ),
    "broken": ("other", page('<script type="application/ld+json">{"@type": ["NewsArticle"</script>')),
    "odd values": (
        "other",
        page(linked(**{"@type": [1, None], "publisher": {"@id": ["x"], "@type": 7}, "@id": "x", "a": 1})),
    ),
}


def read(path: Path) -> DocumentInfo:
    (found,) = read_documents(path, path.name)
    assert isinstance(found, Document), found
    return found.info


@pytest.mark.parametrize("name", PAGES)
def test_pages(name: str, tmp_path: Path) -> None:
    voice, html = PAGES[name]
    (tmp_path / "a.html").write_text(html)
    assert read(tmp_path / "a.html").voice == voice


def test_what_the_sidecar_says_stays() -> None:
    from index.loaders import Loaded, Source, load

    def told(row: SourceRow | None) -> str:
        source = Source("a.txt", "a.txt", "/a.txt", ".txt", row)
        (found,) = load(source, FORMS["a charity's page"][1].encode())
        assert isinstance(found, Loaded)
        return found.document.info.voice

    assert told(None) == "charity"
    assert told(SourceRow("a.txt", voice="law")) == "law"
    assert told(SourceRow("a.txt", voice="other")) == "other"  # said, and no gap to fill
    assert (
        told(SourceRow("a.txt", publisher="Ofsted")) == "inspectorate"
    )  # a publisher named there tells more


def test_a_record_without_a_voice(tmp_path: Path) -> None:
    records = tmp_path / "a.jsonl"
    lines = [
        {"_id": "1", "text": PROSE, "publisher": "Ofsted"},
        {"_id": "2", "text": PROSE, "publisher": "Ofsted", "voice": "press"},
        {"_id": "3", "text": PROSE},
    ]
    records.write_text("\n".join(map(json.dumps, lines)))
    found = [one.info.voice for one in read_documents(records, "a") if isinstance(one, Document)]
    assert found == ["inspectorate", "press", "other"]


@pytest.mark.parametrize(
    ("unit", "count"),
    [
        ("A", 1_000_000),
        ("Council ", 200_000),
        ("By Ann Lee\n", 100_000),
        ('"', 1_000_000),
        ("We our Ab\n", 100_000),
    ],
)
def test_hostile_text_costs_little(unit: str, count: int) -> None:
    def work(text: str) -> None:
        document_voice(DocumentInfo("a", "a.txt", "", "", "", publisher=text, url="https://x.gov.uk"), text)

    assert grows_in_step(work, lambda n: unit * n, 200)
    with ends():
        work(unit * count)


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not here")
def test_the_seeds_and_pdfs_without_their_sidecar() -> None:
    """Four in five at least, and what is not known is "other": never another's voice."""
    rows = list(csv.DictReader((SHARED / "seeds" / "sources.csv").read_text("utf-8").splitlines()))
    told = [(row["voice"], read(SHARED / "seeds" / row["file"]).voice) for row in rows]
    assert sum(wanted == found for wanted, found in told) >= 4, told
    assert all(found in (wanted, "other") for wanted, found in told), told
    for path in (SHARED / "pdfs").glob("*.pdf"):
        if path.name.startswith(("ofsted", "gao")):
            assert read(path).voice == "inspectorate", path.name


def test_digests_of_others_reports_are_nobodys_voice() -> None:
    """The sample corpus retells; without its sidecar no digest may pass for the body that it retells."""
    corpus = Path(__file__).resolve().parents[2] / "eval" / "corpus"
    files = [path for path in corpus.iterdir() if path.name != "sources.csv"]
    assert len(files) > 10 and {read(path).voice for path in files} == {"other"}
