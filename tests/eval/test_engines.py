"""Other engines: run files in both forms, and real servers on loopback, well and badly behaved."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from eval.beir import evaluate_beir
from eval.compare import compare
from eval.engines import CorpusFile, EndpointEngine, EndpointError, RunFileEngine, told
from eval.engines.endpoint import Limits
from eval.instruments import corpus_of
from eval.questions import Evidence, Fact, Question
from eval.run import evaluate
from eval.runs import read_run, save_run
from index import NotIndexedError, QuestionError, UsageError, index_paths, open_store
from tests.hashing import HashingEmbedder
from tests.web.standin import DOCUMENTS, INSPECTION, StandIn
from web.app import create_app

TEXTS = {
    "a.txt": "Nine of twenty homes\nhad damp – or mould. The council apologised.",
    "b.txt": "Again and again. Again and again.",
}
SPLIT = 41  # where the first sentence of a.txt ends
PATIENT = Limits(connect_s=60, total_s=60, response_bytes=100_000, retries=1, backoff_s=0)


def asked(name: str, question: str, *facts: tuple[str, int, int], answerable: bool = True) -> Question:
    evidence = tuple(Fact("", (Evidence(doc, start, end),)) for doc, start, end in facts)
    return Question(name, question, "factoid" if answerable else "unanswerable", answerable, evidence)


QUESTIONS = [asked("q1", "damp?", ("a.txt", 0, SPLIT)), asked("q2", "buses?", answerable=False)]


@pytest.fixture
def corpus(service_class):
    return service_class(TEXTS, {})


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(*records: Any, name: str = "run.jsonl") -> Path:
        path = tmp_path / name
        lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path

    return written


def place(hit: Any) -> tuple[str, int, int]:
    return hit.passage.doc_id, hit.passage.start, hit.passage.end


class TestRunFile:
    def test_hits_with_offsets_stand_where_they_say(self, corpus, write):
        path = write({"id": "q1", "hits": [{"doc": "a.txt", "start": 0, "end": SPLIT, "score": 7}]})
        (hit,) = RunFileEngine(corpus, path).search("damp?", question_id="q1").hits
        assert place(hit) == ("id-a.txt", 0, SPLIT)
        assert (hit.passage.text, hit.score, hit.document.source_id) == (TEXTS["a.txt"][:SPLIT], 7.0, "a.txt")

    @pytest.mark.parametrize(
        "document", [{"document": {"id": "id-a.txt", "source_id": "a.txt"}}, {"document": {"id": "id-a.txt"}},
                     {"doc": "a.txt"}, {"doc": "id-a.txt"}],
    )  # fmt: skip
    def test_a_document_may_be_named_in_four_ways(self, corpus, write, document):
        path = write({"id": "q1", "hits": [{**document, "text": "council"}]})
        (hit,) = RunFileEngine(corpus, path).search("damp?", question_id="q1").hits
        assert TEXTS["a.txt"][hit.passage.start : hit.passage.end] == "council"

    def test_a_text_alone_is_located_folded_and_takes_the_words_of_the_document(self, corpus, write):
        path = write({"id": "q1", "hits": [{"doc": "a.txt", "text": "twenty homes had damp - or mould."}]})
        engine = RunFileEngine(corpus, path)
        (hit,) = engine.search("damp?", question_id="q1").hits
        assert hit.passage.text == "twenty homes\nhad damp – or mould." == TEXTS["a.txt"][8:SPLIT]
        assert (
            "1 texts were found with white space, dashes and quotation marks folded, such as in a.txt."
            in list(engine.notes())
        )

    def test_a_text_that_occurs_twice_takes_the_first_free_place(self, corpus, write):
        hit = {"doc": "b.txt", "text": "Again and again."}
        engine = RunFileEngine(corpus, write({"id": "q1", "hits": [hit, hit, hit]}))
        assert [place(hit)[1] for hit in engine.search("x", question_id="q1").hits] == [0, 17, 0]
        assert any(note.startswith("3 texts occur several times") for note in engine.notes())

    def test_what_is_not_found_is_counted_and_covers_nothing_but_takes_its_tokens(self, corpus, write):
        lost = {"doc": "a.txt", "text": "word " * 300}
        found = {"doc": "a.txt", "start": 0, "end": SPLIT}
        engine = RunFileEngine(
            corpus, write({"id": "q1", "hits": [{"doc": "z.txt", "text": "Nine"}, lost, found]})
        )
        report = told(evaluate(engine, QUESTIONS[:1]), engine)
        # 300 words and more before the fact: missed at 250 tokens, found at 500.
        assert report.rows[0].facts[0].found == {250: False, 500: True, 1000: True, 2000: True}
        assert report.rows[0].rr == pytest.approx(1 / 3)
        assert len(report.violations) == 2
        assert any(
            "1 hits or quotes name documents that are not indexed here, such as z.txt" in n
            for n in report.notes
        )
        assert any("1 hits or quotes hold a text that their document does not" in n for n in report.notes)

    @pytest.mark.parametrize("lost", [{"text": " "}, {"text": ""}, {"start": 60, "end": 900}])
    def test_what_is_no_text_at_all_is_nowhere(self, corpus, write, lost):
        engine = RunFileEngine(corpus, write({"id": "q1", "hits": [{"doc": "a.txt", **lost}]}))
        (hit,) = engine.search("damp?", question_id="q1").hits
        assert place(hit) == ("nowhere", 0, 0)
        assert any("that their document does not" in note for note in engine.notes())

    def test_false_offsets_are_violations(self, corpus, write):
        path = write({"id": "q1", "hits": [{"doc": "a.txt", "start": 1, "end": 5, "text": "Nine"}]})
        report = evaluate(RunFileEngine(corpus, path), QUESTIONS[:1])
        assert [sentence.partition(":")[0] for sentence in report.violations] == ["question q1, hit 1"]

    def test_an_answer_keeps_its_words_and_status(self, corpus, write):
        path = write(
            {
                "id": "q1", "status": "partial", "confidence": 0.7,
                "quotes": [{"text": "The council apologised.", "citation": 4, "voice": "council"},
                           {"text": "twenty homes had damp", "doc": "a.txt"}],
                "citations": [{"n": 4, "document": {"source_id": "a.txt"}, "text": TEXTS["a.txt"]}],
            }
        )  # fmt: skip
        engine = RunFileEngine(corpus, path)
        answer = engine.ask("damp?", question_id="q1")
        assert (answer.status, answer.confidence) == ("partial", 0.7)
        first, second = answer.quotes
        assert (first.doc_id, first.start, first.end, first.voice) == ("id-a.txt", 42, 65, "council")
        # Folded: the place is known, the words are the engine's own, so they are not verbatim.
        assert second.text == "twenty homes had damp"
        assert TEXTS["a.txt"][second.start : second.end] == "twenty homes\nhad damp"
        row = evaluate(engine, QUESTIONS[:1]).rows[0]
        assert [quote.verbatim for quote in row.quotes] == [True, False]

    def test_without_a_status_quotes_answer_and_their_absence_refuses(self, corpus, write):
        path = write({"id": "q1", "quotes": [{"doc": "a.txt", "text": "Nine"}]}, {"id": "q2", "quotes": []})
        engine = RunFileEngine(corpus, path)
        answers = [engine.ask("x", question_id=name) for name in ("q1", "q2")]
        assert [(a.status, a.confidence) for a in answers] == [("answered", 1.0), ("not_in_documents", 0.0)]

    def test_a_question_without_a_line_counts_as_nothing_found(self, corpus, write):
        engine = RunFileEngine(corpus, write({"id": "q2", "quotes": []}, {"id": "other", "quotes": []}))
        report = told(evaluate(engine, QUESTIONS), engine)
        assert [row.status for row in report.rows] == ["error", "not_in_documents"]
        assert report.measures["fact_recall@1000"].value == 0
        assert 'holds no line with the id "q1"' in report.rows[0].error
        assert any(note.startswith("1 questions of the run are not in the set") for note in report.notes)

    def test_an_error_in_the_run_is_the_reason(self, corpus, write):
        engine = RunFileEngine(corpus, write({"id": "q1", "question": None, "error": "too long"}))
        with pytest.raises(QuestionError, match="too long"):
            engine.search("damp?", question_id="q1")

    def test_a_run_of_searches_is_measured_by_its_hits_alone(self, corpus, write):
        found = {"doc": "a.txt", "start": 0, "end": SPLIT}
        engine = RunFileEngine(corpus, write({"id": "q1", "hits": [found]}, {"id": "q2", "hits": []}))
        report = told(evaluate(engine, QUESTIONS), engine)
        assert set(report.measures) == {*(f"fact_recall@{n}" for n in (250, 500, 1000, 2000)), "rr"}
        assert {name for measures in report.by_type.values() for name in measures} <= set(report.measures)
        assert all((row.status, row.confidence) == ("", None) for row in report.rows)
        assert any("only searches" in note for note in report.notes)
        assert not any("quoted" in note or "refus" in note for note in report.notes[:-1]), report.notes
        assert report.costs == {} and report.reliability == ()

    def test_a_saved_run_of_searches_is_read_without_what_was_never_asked(self, corpus, write, tmp_path):
        found = {"doc": "a.txt", "start": 0, "end": SPLIT}
        engine = RunFileEngine(corpus, write({"id": "q1", "hits": [found]}, {"id": "q2", "hits": []}))
        report = told(evaluate(engine, QUESTIONS), engine)
        assert report.rows[0].facts[0].quoted is None
        save_run(tmp_path / "saved.jsonl", report)
        assert read_run(tmp_path / "saved.jsonl") == replace(report, timings={})
        assert "quote_recall@250" not in report.measures
        # Held against a run that was asked, nothing counts as lost that was never there.
        quoted = {"id": "q1", "hits": [found], "quotes": [{**found, "text": "Nine"}]}
        answers = write(quoted, {"id": "q2", "quotes": []}, name="asked.jsonl")
        asked = evaluate(RunFileEngine(corpus, answers), QUESTIONS)
        changes = compare(asked, report).questions
        assert not any("quoted" in sentence for change in changes for sentence in change.lost + change.won)

    def test_what_pincite_prints_comes_back_the_same(self, write):
        from qa import answer_payload, search_payload

        service = StandIn()
        questions = [
            Question("q1", "thresholds?", "why", True, (Fact("", (Evidence("ofsted-2017.txt", 100, 160),)),)),
            Question("q2", "penguins?", "unanswerable", False),
        ]
        records = [
            answer_payload(service.ask(q.question, question_id=q.id))
            | search_payload(service.search(q.question, question_id=q.id, k=100))
            for q in questions
        ]
        engine = RunFileEngine(service, write(*records))
        old, new = evaluate(service, questions), told(evaluate(engine, questions), engine)  # type: ignore[arg-type]
        assert new.measures == old.measures
        assert new.violations == old.violations == ()

    def test_every_line_that_is_not_of_the_form_is_named(self, corpus, write):
        path = write(
            '{"id": "q1"', [], {"hits": []}, {"id": "a", "hits": 3}, {"id": "b", "status": "maybe"},
            {"id": "c", "confidence": 7}, {"id": "d", "hits": [{"text": "x"}]},
            {"id": "e", "hits": [{"doc": "a.txt", "start": 5, "end": 5}]},
            {"id": "f", "hits": [{"doc": "a", "start": 1}]}, {"id": "g"}, {"id": "g"},
            {"id": "h", "quotes": [{"doc": "a.txt"}]}, {"id": "i", "hits": [{"doc": "a", "score": "x"}]},
        )  # fmt: skip
        with pytest.raises(UsageError) as caught:
            RunFileEngine(corpus, path)
        said = str(caught.value)
        for number, words in {
            1: "not JSON", 2: "not a JSON object", 3: '"id" is missing', 4: '"hits" is not a list',
            5: "'maybe', not one of answered", 6: "not a number from 0 to 1", 7: "names no document",
            8: "not whole numbers from 0 in that order", 9: 'one of "start" and "end"',
            11: '"g" was used before, on line 10', 12: '"text" is empty', 13: "'x', not a number",
        }.items():  # fmt: skip
            assert any(f"{path}, line {number}: " in line and words in line for line in said.splitlines()), (
                words
            )

    @pytest.mark.parametrize("content", ["", "\n\n"])
    def test_an_empty_file_is_an_error(self, corpus, tmp_path, content):
        (tmp_path / "empty").write_text(content)
        with pytest.raises(UsageError, match="holds no line"):
            RunFileEngine(corpus, tmp_path / "empty")

    def test_a_missing_file_is_an_error(self, corpus, tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            RunFileEngine(corpus, tmp_path / "nowhere")

    def test_a_saved_evaluation_is_told_from_a_run(self, corpus, write):
        with pytest.raises(UsageError, match="pincite compare"):
            RunFileEngine(corpus, write({"pincite_run": 1, "kind": "questions"}))


class TestTrec:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "qrels").mkdir()
        (tmp_path / "qrels" / "test.tsv").write_text(
            "query-id\tcorpus-id\tscore\nq1\ta.txt\t1\nq2\tb.txt\t1\n"
        )
        queries = [{"_id": "q1", "text": "damp?"}, {"_id": "q2", "text": "again?"}]
        (tmp_path / "queries.jsonl").write_text("".join(json.dumps(query) + "\n" for query in queries))
        return tmp_path

    def test_a_run_is_ranked_by_score_and_scored(self, corpus, write, folder):
        # q1 is ranked second by its score, although its rank says first; q2 has no line and scores 0.
        engine = RunFileEngine(
            corpus, write("q1 Q0 a.txt 1 0.5 tag", "q1 Q0 b.txt 2 0.9 tag", name="run.trec")
        )
        report = told(evaluate_beir(engine, folder), engine)
        assert [row.ranking["rr@10"] for row in report.rows] == [0.5, 0.0]
        assert report.measures["rr@10"].value == 0.25
        assert not any(row.error for row in report.rows)
        assert any(note.startswith("2 ranks are not those of the scores") for note in report.notes)

    def test_equal_scores_keep_the_order_of_the_ranks(self, corpus, write):
        engine = RunFileEngine(corpus, write("q1\tQ0\tb.txt\t2\t1\tt", "q1\tQ0\ta.txt\t1\t1\tt"))
        assert [hit.document.source_id for hit in engine.search("x", question_id="q1").hits] == [
            "a.txt",
            "b.txt",
        ]

    def test_a_document_alone_counts_as_the_whole_of_its_text(self, corpus, write):
        engine = RunFileEngine(corpus, write("q1 Q0 a.txt 1 1 t"))
        report = told(evaluate(engine, QUESTIONS), engine)
        assert report.measures["fact_recall@250"].value == 1
        assert report.violations == ()
        assert any("counts as the whole of its text" in note for note in report.notes)

    def test_an_unknown_document_keeps_its_rank(self, corpus, write, folder):
        engine = RunFileEngine(
            corpus, write("q1 Q0 gone.txt 1 9 t", "q1 Q0 a.txt 2 8 t", "q2 Q0 b.txt 1 1 t")
        )
        report = told(evaluate_beir(engine, folder), engine)
        assert [row.ranking["rr@10"] for row in report.rows] == [0.5, 1.0]

    def test_lines_that_are_not_of_the_form_are_named(self, corpus, write):
        path = write(
            "q1 Q0 a.txt 1 1 t", "q1 Q0 a.txt 2 1 t", "q1 Q0 b.txt one 1 t", "q1 b.txt", "q1 Q0 b.txt 1 nan t"
        )
        with pytest.raises(UsageError) as caught:
            RunFileEngine(corpus, path)
        said = str(caught.value)
        assert f'{path}, line 2: "a.txt" was ranked before' in said
        assert [number for number in range(1, 6) if f"line {number}: not six columns" in said] == [3, 4, 5]


class TestCorpusFile:
    @pytest.fixture
    def path(self, write):
        return write(
            {"_id": "z", "title": "Zed", "text": "Last of all."}, {"_id": "a", "text": "First\nof all."}, "{broken",
            {"_id": "z", "text": "Again."}, name="corpus.jsonl",
        )  # fmt: skip

    def test_it_holds_what_an_index_of_it_holds(self, path, tmp_path):
        corpus = CorpusFile(path)
        with closing(open_store(tmp_path / "data", create=True)) as store:
            summary = index_paths(store, HashingEmbedder(), [path])
            assert [info.source_id for info in corpus.documents()] == ["a", "z"]
            for mine, indexed in zip(corpus.documents(), store.documents(), strict=True):
                assert (mine.doc_id, mine.source_id, mine.sha256) == (
                    indexed.doc_id, indexed.source_id, indexed.sha256,
                )  # fmt: skip
                for name in (mine.doc_id, mine.source_id):
                    assert corpus.document(name).text == store.document(name).text
            assert corpus_of(corpus) == corpus_of(store)
            assert [str(error) for error in corpus.failed] == [str(error) for error in summary.failed]
        assert len(corpus.failed) == 2

    def test_what_it_does_not_hold_is_not_there(self, path):
        with pytest.raises(NotIndexedError, match="no document 'b' is in the corpus"):
            CorpusFile(path).document("b")


class Rude(BaseHTTPRequestHandler):
    """A server that does what its class says, and remembers what it was asked."""

    behaviour: Callable[[Rude], None]
    seen: list[str]

    def respond(self, status: int = 200, body: bytes = b"{}", **headers: str) -> None:
        self.send_response(status)
        given = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        for name, value in (given | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_GET(self) -> None:
        self.seen.append(self.path)
        type(self).behaviour(self)

    def log_message(self, *_: Any) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is what half of these tests are about."""


@pytest.fixture
def rude() -> Iterator[Callable[[Callable[[Rude], None]], tuple[str, list[str]]]]:
    """Starts a server with a behaviour; gives its address and what it will have been asked."""
    servers = []

    def start(behaviour: Callable[[Rude], None]) -> tuple[str, list[str]]:
        seen: list[str] = []
        server = Quiet(("127.0.0.1", 0), type("R", (Rude,), {"behaviour": behaviour, "seen": seen}))
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}", seen

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def engine() -> Iterator[Callable[..., EndpointEngine]]:
    engines = []

    def made(url: str, limits: Limits = PATIENT) -> EndpointEngine:
        engines.append(EndpointEngine(StandIn(), url, limits))
        return engines[-1]

    yield made
    for each in engines:
        each.close()


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The app itself, over the stand-in, on a free port of loopback."""
    server = make_server("127.0.0.1", 0, create_app(StandIn()), threaded=True)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class TestEndpoint:
    def test_pincite_behind_http_measures_as_pincite_itself(self, served, engine):
        start = INSPECTION.text.index("Thresholds between")
        evidence = Evidence("ofsted-2017.txt", start, start + 60)
        questions = [
            Question("q1", "Why were thresholds inconsistent?", "why", True, (Fact("", (evidence,)),)),
            Question("q2", "penguins?", "unanswerable", False),
        ]
        remote = engine(served)
        old, new = evaluate(StandIn(), questions), told(evaluate(remote, questions), remote)  # type: ignore[arg-type]
        assert new.measures == old.measures
        assert new.measures["fact_recall@250"].value == 1
        assert new.violations == ()
        assert new.settings["corpus"] == old.settings["corpus"]
        assert new.settings["service"] == {"endpoint": served}
        assert any(served in note for note in new.notes)

    def test_a_question_that_is_turned_away_or_fails_is_counted(self, served, engine):
        remote = engine(served)
        with pytest.raises(QuestionError, match="answered 400: The question is empty"):
            remote.ask(" ")
        with pytest.raises(QuestionError, match="answered 500: Something failed on our side"):
            remote.search("explode")

    def test_more_than_the_contract_allows_is_not_asked_for(self, served, engine):
        remote = engine(served)
        assert len(remote.search("thresholds?", k=400).hits) == 6
        assert any("at most 100 passages" in note for note in remote.notes())

    def test_texts_are_those_of_the_local_index(self, served, engine):
        remote = engine(served)
        assert remote.documents() == [document.info for document in DOCUMENTS]
        assert remote.document("ofsted-2017.txt") is INSPECTION

    def test_false_offsets_are_violations(self, rude, engine):
        hit = {"doc": "ofsted-2017.txt", "start": 3, "end": 9, "text": INSPECTION.text[2:8]}
        body = json.dumps({"status": "answered", "confidence": 1, "hits": [hit], "quotes": [hit]}).encode()
        url, _ = rude(lambda handler: handler.respond(body=body))
        report = evaluate(engine(url), [Question("q", "penguins?", "unanswerable", False)])
        assert {sentence.split(":")[0] for sentence in report.violations} == {
            "question q, hit 1", "question q, quote 1", "question q, citation 1",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"<html>", "not JSON"),
            (b"[" * 100_000, "not JSON"),
            (b"\xff\xfe", "not JSON"),
            (b"[]", "not a JSON object"),
            (b"{}", '"hits" is not in it'),
            (b'{"hits": [{"doc": "a", "start": -1, "end": 2}]}', "hits 1: .* not whole numbers"),
            (b"{" + b" " * 200_000, "more than 100,000 bytes"),
        ],
    )
    def test_what_is_not_of_the_contract_stops_the_run(self, rude, engine, body, said):
        url, _ = rude(lambda handler: handler.respond(body=body))
        with pytest.raises(EndpointError, match=said):
            engine(url).search("why?")

    def test_an_answer_without_status_or_quotes_is_none(self, rude, engine):
        url, _ = rude(lambda handler: handler.respond(body=b'{"hits": []}'))
        with pytest.raises(EndpointError, match="sent no answer"):
            engine(url).ask("why?")

    def test_a_server_that_is_slow_to_begin_is_given_up(self, rude, engine):
        over = threading.Event()
        url, seen = rude(lambda handler: over.wait(120))
        with pytest.raises(EndpointError, match=r"did not answer within 0.6 s, tried 2 times"):
            engine(url, replace(PATIENT, total_s=0.6)).search("why?")
        over.set()
        assert len(seen) == 2

    def test_a_server_that_drips_is_given_up(self, rude, engine):
        def drip(handler: Rude) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            for _ in range(1000):  # in the end it would have sent all
                if over.wait(0.05):
                    break
                handler.wfile.write(b" ")

        over = threading.Event()
        url, _ = rude(drip)
        with pytest.raises(EndpointError, match=r"more than 1.5 s to send"):
            engine(url, replace(PATIENT, total_s=1.5)).search("why?")
        over.set()

    def test_a_server_that_hangs_up_is_said_to(self, rude, engine):
        def hang_up(handler: Rude) -> None:
            handler.respond(body=b"{", **{"Content-Length": "100"})
            handler.close_connection = True

        url, _ = rude(hang_up)
        with pytest.raises(EndpointError, match="broke off"):
            engine(url).search("why?")

    def test_a_passing_failure_is_tried_again(self, rude, engine):
        def recovering(handler: Rude) -> None:
            ok = len(handler.seen) > 1
            handler.respond(200 if ok else 503, b'{"hits": []}')

        url, seen = rude(recovering)
        assert engine(url).search("why?").hits == ()
        assert len(seen) == 2

    def test_a_lasting_failure_is_not_tried_for_ever(self, rude, engine):
        url, seen = rude(lambda handler: handler.respond(503, b'{"detail": "The index\\ncannot be read."}'))
        with pytest.raises(EndpointError, match=r"answered 503: The index cannot be read."):
            engine(url).search("why?")
        assert len(seen) == 2

    def test_nobody_there_is_said(self, engine):
        with pytest.raises(EndpointError, match=r"cannot be reached .* is it running"):
            engine("http://127.0.0.1:9").search("why?")

    def test_a_redirect_to_another_server_is_not_followed(self, rude, engine):
        other, seen = rude(lambda handler: handler.respond(body=b'{"hits": []}'))
        url, _ = rude(lambda handler: handler.respond(307, Location=f"{other}/api/search?q=x"))
        for call in (lambda: engine(url).search("secret?"), lambda: engine(url).ask("secret?")):
            with pytest.raises(EndpointError, match=f"redirects to {other}"):
                call()
        assert seen == []

    def test_a_redirect_within_the_server_is_followed(self, rude, engine):
        def moved(handler: Rude) -> None:
            if handler.path.startswith("/api"):
                handler.respond(308, Location=f"/v2{handler.path}")
            else:
                handler.respond(body=b'{"hits": [], "status": "not_in_documents"}')

        url, seen = rude(moved)
        assert engine(url).search("why?").hits == ()
        assert engine(url).ask("why?").status == "not_in_documents"
        assert [path.partition("?")[0] for path in seen[-2:]] == ["/api/ask", "/v2/api/ask"]

    def test_redirects_without_an_end_or_that_lose_the_question_stop(self, rude, engine):
        url, seen = rude(lambda handler: handler.respond(302, Location=handler.path))
        with pytest.raises(EndpointError, match="more than 3 times"):
            engine(url).search("why?")
        assert len(seen) == 4
        with pytest.raises(EndpointError, match="would lose its question"):
            engine(url).ask("why?")

    @pytest.mark.parametrize(
        "url",
        [
            "file:///etc/passwd",
            "ftp://example.org",
            "127.0.0.1:8000",
            "http://",
            "",
            "http://a:99999",
            "http://[1",
        ],
    )
    def test_other_addresses_are_refused(self, url):
        with pytest.raises(UsageError, match="not an address of a server"):
            EndpointEngine(StandIn(), url)

    def test_an_address_with_a_query_is_refused(self):
        with pytest.raises(UsageError, match="leave out"):
            EndpointEngine(StandIn(), "http://127.0.0.1:8000/?key=1")

    def test_a_password_is_never_told(self, rude, engine):
        url, _ = rude(lambda handler: handler.respond(404, b"no"))
        remote = engine(url.replace("http://", "http://me:hush@"))
        with pytest.raises(EndpointError) as caught:
            remote.search("why?")
        assert "answered 404: no" in str(caught.value)
        assert "hush" not in f"{caught.value} {list(remote.notes())} {remote.settings}"
