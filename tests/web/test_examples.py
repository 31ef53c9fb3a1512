"""Example questions made of the documents: such as they answer, the same every time, and never waited for."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import Block, Document, DocumentInfo
from qa import Answer, Service
from tests.web.command import finish, start
from tests.web.standin import StandIn
from web.app import WebConfig, create_app
from web.examples import Examples, examples_of, terms


def made(doc_id: str, publisher: str, *parts: str) -> Document:
    """A document of headings, which begin with "# ", and paragraphs."""
    blocks, at = [], 0
    for part in parts:
        plain = part.removeprefix("# ")
        blocks.append(Block("heading" if part.startswith("# ") else "paragraph", at, at + len(plain)))
        at += len(plain) + 2
    text = "\n\n".join(part.removeprefix("# ") for part in parts)
    info = DocumentInfo(doc_id, f"{doc_id}.txt", "", "d" * 64, "text/plain", publisher=publisher)
    return Document(info, text, tuple(blocks))


PIERS = (
    made("a", "Harbour Office", "# The Pier Trust", "The money of the Pier Trust was spent, and the Pier Trust knew."),
    made("b", "Evening Post", "# Timber decay", "What is timber decay? In 1931 timber decay shut it.", "# Where to"),
    made("c", "Evening Post", "# How long was the pier shut?", "Because of timber decay and the Pier Trust."),
    made("d", "Post and Mail", "# In brief", "Timber decay was found again."),
)  # fmt: skip


@pytest.fixture(scope="module")
def service(casebook: Path) -> Iterator[Service]:
    service = Service.open(casebook)
    yield service
    service.close()


def test_the_sample_corpus_answers_what_is_offered(service: Service) -> None:
    offered = examples_of(service)
    assert 1 <= len(offered) <= 3 and offered == examples_of(service), "the same index, the same questions"
    for question in offered:
        answer = service.ask(question)
        assert answer.status == "answered" and answer.quotes, question


def test_a_term_is_a_heading_that_running_text_knows_spelt_as_there() -> None:
    headings = ["The Pier Trust", "Timber decay", "Where to", "In brief", "Harbour lights", "Decay"]
    found = {one.words: one for one in terms(PIERS, headings)}
    assert list(found) == ["timber decay", "the Pier Trust"], "what most documents speak of first"
    assert (found["the Pier Trust"].places, found["the Pier Trust"].documents) == (3, 2)
    assert found["the Pier Trust"].publishers == ("Harbour Office", "Evening Post")
    assert found["timber decay"].publishers == ("Evening Post",), "a name of several is asked for badly"


def test_what_nearly_all_documents_speak_of_is_no_term() -> None:
    library = [made(f"d{n}", "", f"It was the sea wall that gave way in year {n}.") for n in range(5)]
    assert terms(library, ["Sea wall"]) == []
    assert [one.words for one in terms(library[:3], ["Sea wall"])] == ["sea wall"]


class Library(StandIn):
    """Answers what it is told to: everything, with a quote that repeats the question."""

    def __init__(self, *library: Document) -> None:
        self.library, self.asked, self.generation = library, [], 3  # type: ignore[var-annotated]
        self.threads: set[str] = set()

    def documents(self) -> list[DocumentInfo]:
        return [one.info for one in self.library]

    def document(self, name: str) -> Document:
        return next(one for one in self.library if one.info.doc_id == name)

    def status(self) -> dict[str, object]:
        return super().status() | {"generation": self.generation, "documents": len(self.library)}

    def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
        self.asked.append(question)
        self.threads.add(threading.current_thread().name)
        answer = super().ask("thresholds")
        quote = replace(answer.quotes[0], text=question)
        cited = [
            replace(answer.citations[0], n=n, document=info) for n, info in enumerate(self.documents(), 1)
        ]
        return replace(answer, quotes=(quote,), citations=tuple(cited))


def test_one_question_of_each_kind_each_about_something_else() -> None:
    library = Library(*PIERS)
    assert examples_of(library) == (  # type: ignore[arg-type]
        "What do Harbour Office and Evening Post say about the Pier Trust?",
        "How long was the pier shut?",
        "What do the documents say about timber decay?",
    )
    assert len(library.asked) <= 12


def test_what_is_not_answered_is_not_offered() -> None:
    class Silent(Library):
        def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
            return replace(super().ask(question), status="partial")

    class Elsewhere(Library):
        def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
            answer = super().ask(question)
            return replace(answer, citations=answer.citations[3:])

    assert examples_of(Silent(*PIERS)) == ()  # type: ignore[arg-type]
    assert examples_of(Elsewhere(*PIERS)) == examples_of(Library(*PIERS))[1:]  # type: ignore[arg-type]


def test_a_corpus_without_headings_or_in_another_language_offers_none() -> None:
    german = (
        "Die Prüfer stellten fest, dass niemand die Lager der Brücke neun Jahre lang angesehen hatte. " * 3
    )
    plain = made("a", "", "A text without any heading at all, and no question either.")
    assert examples_of(Library(plain)) == ()  # type: ignore[arg-type]
    assert examples_of(Library(made("a", "", "# Wie lange war die Brücke zu?", german))) == ()  # type: ignore[arg-type]
    assert examples_of(Library()) == ()  # type: ignore[arg-type]


def until(library: Library, wanted: int) -> tuple[str, ...]:
    examples = Examples(library)  # type: ignore[arg-type]
    end = time.monotonic() + 20
    while time.monotonic() < end and len(examples.offered()) < wanted:
        time.sleep(0.02)
    return examples.offered()


def test_no_page_waits_for_them_and_each_state_of_the_index_has_its_own() -> None:
    gate = threading.Event()

    class Slow(Library):
        def ask(self, question: str, **more: object) -> Answer:  # type: ignore[override]
            gate.wait(20)
            return super().ask(question)

    library = Slow(*PIERS)
    client = create_app(library, WebConfig(make_examples=True)).test_client()  # type: ignore[arg-type]
    first = client.get("/")
    assert first.status_code == 200 and "For example" not in first.text, "not yet"
    gate.set()
    end = time.monotonic() + 20
    while time.monotonic() < end and "For example" not in client.get("/").text:
        time.sleep(0.02)
    page = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert page.status_code == 200 and "How long was the pier shut?" in page.text, "another page, another tag"
    assert client.get("/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    assert client.get("/index.json").get_json()["examples"][1] == "How long was the pier shut?"
    assert library.threads == {"pincite-examples"}
    asked = len(library.asked)
    client.get("/")
    assert len(library.asked) == asked, "once for a state of the index"
    library.generation, library.library = 4, PIERS[:1]
    assert "How long was the pier shut?" not in client.get("/").text, "what is gone is not offered"


def test_a_failure_costs_the_examples_and_no_page(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Library):
        def document(self, name: str) -> Document:
            raise RuntimeError("broken")

    examples = Examples(Broken(*PIERS))  # type: ignore[arg-type]
    assert examples.offered() == ()
    end = time.monotonic() + 20
    while time.monotonic() < end and "no example questions" not in caplog.text:
        time.sleep(0.02)
    assert "no example questions" in caplog.text and examples.offered() == ()


def test_given_ones_are_offered_as_they_are_and_none_are_made() -> None:
    library = Library(*PIERS)
    assert Examples(library, ("Why?",)).offered() == ("Why?",)  # type: ignore[arg-type]
    assert Examples(library, made=False).offered() == ()  # type: ignore[arg-type]
    assert not library.asked
    assert until(library, 2)[0].endswith("the Pier Trust?")


def test_the_command_makes_some_where_none_are_given(casebook: Path) -> None:
    process = start("serve", "--port", "0", "--data", casebook)
    try:
        assert process.stderr is not None
        match = re.search(rb"http://\S+", process.stderr.readline())
        assert match
        examples: list[str] = []
        end = time.monotonic() + 120
        while time.monotonic() < end and not examples:
            with urllib.request.urlopen(f"{match[0].decode()}/index.json", timeout=60) as response:
                examples = json.load(response)["examples"]
            time.sleep(0.2)
        assert examples
    finally:
        process.send_signal(signal.SIGTERM)
        assert finish(process) == (0, "", ""), "nothing went wrong in the background"
