import json
import subprocess
import sys
from dataclasses import replace

import pytest

import eval as package
from eval import Evidence, Fact, Question, as_json, crossed, evaluate, evaluate_beir, parse_floor
from eval.beir import Query, rank_documents, read_folder
from index import UsageError, token_spans

# Every word is one token, with the space before it, so offsets can be counted: "one two" is 7 characters.
TEXTS = {
    "report.txt": "Five homes were inspected in March. Three homes were found good. Two closed.",
    "press.txt": "The council said that the homes were safe and well run.",
}
FIVE, THREE, SAFE = (0, 35), (36, 64), (0, 55)


def question(name, kind, *facts, **changes):
    return Question(name, f"{name}?", kind, bool(facts), facts, **changes)


def stated(source, place, *keys):
    return Fact(f"{source} {place}", (Evidence(source, *place),), keys)


QUESTIONS = (
    question("q1", "list", stated("report.txt", FIVE, "five|5"), stated("report.txt", THREE, "three")),
    question("q2", "factoid", stated("press.txt", SAFE, "safe")),
    question("q3", "unanswerable"),
    question("q4", "unanswerable"),
)


@pytest.fixture
def script(scripted):
    return {
        "q1?": scripted(
            hits=[("press.txt", *SAFE), ("report.txt", *FIVE)], quotes=[("report.txt", *FIVE)], confidence=0.8
        ),
        "q2?": scripted(hits=[("press.txt", *SAFE)], status="not_in_documents", confidence=0.3),
        "q3?": scripted(hits=[("press.txt", *SAFE)], status="not_in_documents", confidence=0.3),
        "q4?": scripted(
            hits=[("press.txt", *SAFE)], quotes=[("press.txt", *SAFE)], status="partial", confidence=0.4
        ),
    }


def value(report, name):
    return round(report.measures[name].value, 9)


class TestQuestionSet:
    def test_measures_by_hand(self, script, service_class):
        report = evaluate(service_class(TEXTS, script), QUESTIONS)
        # Facts: q1 one of two in the hits, q2 its only one; quotes: q1 one of two, q2 refused.
        assert value(report, "fact_recall@250") == round(2 / 3, 9)
        assert value(report, "fact_recall@2000") == round(2 / 3, 9)
        assert value(report, "quote_recall@250") == round(1 / 3, 9)
        assert value(report, "key_recall") == round(1 / 3, 9)
        # q1 finds at rank 2, q2 at rank 1.
        assert value(report, "rr") == 0.75
        # Answerable .8 and .3 against .3 and .4: won, won, tied, lost.
        assert value(report, "refusal_auroc") == 2.5 / 4
        # Refused are q2, wrongly, and q3; q4 is unanswerable too.
        assert value(report, "refusal_precision") == 0.5
        assert value(report, "refusal_recall") == 0.5
        assert value(report, "answered") == 0.5
        assert value(report, "verbatim") == 1.0
        assert report.violations == ()
        # The quotes of q1 and q4, the only ones with any.
        tokens = [
            len(token_spans("Five homes were inspected in March.")),
            len(token_spans(TEXTS["press.txt"])),
        ]
        assert report.costs["quote_tokens"].value == sum(tokens) / 2

    def test_how_many_questions_a_measure_rests_on(self, script, service_class):
        measures = evaluate(service_class(TEXTS, script), QUESTIONS).measures
        assert measures["fact_recall@500"].n == 2
        assert measures["refusal_recall"].n == 2
        assert measures["refusal_precision"].n == 4
        assert measures["refusal_auroc"].n == 4

    def test_types_are_told_apart(self, script, service_class):
        by_type = evaluate(service_class(TEXTS, script), QUESTIONS).by_type
        assert list(by_type) == ["factoid", "list", "unanswerable"]
        assert by_type["list"]["fact_recall@1000"].value == 0.5
        assert by_type["factoid"]["answered"].value == 0.0
        assert set(by_type["unanswerable"]) == {"refusal_recall", "verbatim"}

    def test_hits_are_cut_at_the_budget(self, scripted, service_class):
        # 300 tokens before the fact: missed at 250, found at 500.
        texts = {"long.txt": "go" + " go" * 299, "a.txt": "The answer is here."}
        assert len(token_spans(texts["long.txt"])) == 300
        script = {"q?": scripted(hits=[("long.txt", 0, 899), ("a.txt", 0, 19)])}
        (row,) = evaluate(service_class(texts, script), [question("q", "t", stated("a.txt", (0, 19)))]).rows
        assert row.facts[0].found == {250: False, 500: True, 1000: True, 2000: True}

    def test_a_question_turned_away_is_not_found_and_not_refused(self, script, scripted, service_class):
        script["q1?"] = script["q3?"] = scripted(error="too long")
        report = evaluate(service_class(TEXTS, script), QUESTIONS)
        assert value(report, "fact_recall@1000") == round(1 / 3, 9)
        assert value(report, "rr") == 0.5
        assert value(report, "refusal_recall") == 0.0
        assert report.rows[0].status == report.rows[2].status == "error"
        assert report.rows[0].error == "too long"
        assert "2 questions were turned away and count as nothing found: q1, q3." in report.notes

    def test_without_unanswerable_questions_refusal_is_absent(self, script, service_class):
        report = evaluate(service_class(TEXTS, script), QUESTIONS[:2])
        assert not [name for name in report.measures if name.startswith("refusal")]
        assert "No unanswerable questions: refusal is not measured." in report.notes

    def test_precision_without_refusals_is_zero_and_said(self, script, service_class):
        script = {name: replace(entry, status="answered") for name, entry in script.items()}
        report = evaluate(service_class(TEXTS, script), QUESTIONS)
        assert report.measures["refusal_precision"].value == report.measures["refusal_precision"].high == 0.0
        assert "Nothing was refused: refusal_precision is 0 by definition." in report.notes

    def test_words_that_no_document_holds_are_violations(self, script, service_class):
        class Shifted(service_class):
            def shown(self, source, start, end):
                return self.texts[source][start + 1 : end + 1]

        report = evaluate(Shifted(TEXTS, {"q1?": script["q1?"]}), QUESTIONS[:1])
        assert value(report, "verbatim") == 0.0
        assert not report.rows[0].quotes[0].verbatim
        assert [sentence.split(":")[0] for sentence in report.violations] == [
            "question q1, hit 1",
            "question q1, hit 2",
            "question q1, citation 1",
            "question q1, quote 1",
        ]

    def test_quotes_of_no_document_are_violations(self, script, service_class):
        class Vanishing(service_class):
            def ask(self, *args, **kwargs):
                answer = super().ask(*args, **kwargs)
                return replace(answer, quotes=tuple(replace(q, doc_id="gone") for q in answer.quotes))

        report = evaluate(Vanishing(TEXTS, script), QUESTIONS)
        assert value(report, "verbatim") == 0.0
        assert len(report.violations) == 2

    def test_running_again_gives_the_same_to_the_last_digit(self, script, service_class):
        first, second = (evaluate(service_class(TEXTS, script), QUESTIONS) for _ in range(2))
        assert json.dumps(as_json(first, timings=False)) == json.dumps(as_json(second, timings=False))

    def test_the_settings_know_corpus_and_questions(self, script, service_class):
        base = evaluate(service_class(TEXTS, script), QUESTIONS).settings
        other_texts = {**TEXTS, "press.txt": TEXTS["press.txt"] + " And more."}
        other = evaluate(service_class(other_texts, script), QUESTIONS[:3]).settings
        assert base["corpus"]["documents"] == 2
        assert base["corpus"]["sha256"] != other["corpus"]["sha256"]
        assert base["questions"]["sha256"] != other["questions"]["sha256"]

    def test_progress_and_time_are_told(self, script, service_class):
        steps = []
        report = evaluate(
            service_class(TEXTS, script), QUESTIONS, progress=lambda done, of: steps.append((done, of))
        )
        assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
        assert set(report.timings) == {"ask_ms", "ask_cpu_ms", "search_ms", "search_cpu_ms", "slowest"}
        assert len(report.timings["slowest"]) == 5

    def test_evidence_that_fits_no_document_stops_the_run(self, service_class):
        with pytest.raises(UsageError, match="does not fit the indexed documents"):
            evaluate(service_class({"other.txt": "x"}, {}), QUESTIONS)


class TestGate:
    def test_a_value_below_its_floor_is_told(self, script, service_class):
        report = evaluate(service_class(TEXTS, script), QUESTIONS)
        floors = [parse_floor("rr=0.75"), parse_floor("answered=0.6")]
        (sentence,) = crossed(report, floors)
        assert sentence.startswith("answered is 0.5, below its floor of 0.6 (95 % interval 0.000 to 1.000, 2")

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("rr", "is not a floor"),
            ("mrr=0.5", 'no measure is called "mrr"; there are fact_recall@250'),
            ("rr=", "needs a number from 0 to 1"),
            ("rr=half", "needs a number from 0 to 1"),
            ("rr=nan", "needs a number from 0 to 1"),
            ("rr=53", "needs a number from 0 to 1"),
        ],
    )
    def test_a_floor_that_means_nothing_is_an_error(self, text, complaint):
        with pytest.raises(UsageError, match=complaint):
            parse_floor(text)

    def test_a_floor_under_what_was_not_measured_is_an_error(self, script, service_class):
        report = evaluate(service_class(TEXTS, script), QUESTIONS)
        with pytest.raises(UsageError, match=r'"ndcg@10" was not measured here.*fact_recall@250'):
            crossed(report, [parse_floor("ndcg@10=0.5")])


def collection(folder, queries, qrels):
    (folder / "qrels").mkdir()
    (folder / "queries.jsonl").write_text("".join(json.dumps(query) + "\n" for query in queries), "utf-8")
    (folder / "qrels" / "test.tsv").write_text(qrels, "utf-8")
    return folder


A = {"_id": "a", "text": "a?"}
B = {"_id": "b", "text": "b?", "metadata": {"answerable": True}}
NOT = {"_id": "n", "text": "n?", "metadata": {"answerable": False}}


class TestCollection:
    @pytest.mark.parametrize("header", ["", "query-id\tcorpus-id\tscore\n"])
    def test_queries_and_judgements_are_read(self, tmp_path, header):
        folder = collection(tmp_path, [A, B, NOT], f"{header}a\td1\t2\na\td2\t0\r\n")
        assert read_folder(folder) == (
            (Query("a", "a?", True, {"d1": 2, "d2": 0}), Query("n", "n?", False, {})),
            1,
        )

    @pytest.mark.parametrize(
        ("queries", "qrels", "complaint"),
        [
            ([A, A], "a\td\t1\n", 'queries.jsonl, line 2: the _id "a" was used before'),
            ([A, {"_id": "c"}], "a\td\t1\n", 'queries.jsonl, line 2: "text" is missing'),
            ([A, {"text": "c"}], "a\td\t1\n", 'queries.jsonl, line 2: "_id" is missing'),
            ([A, 5], "a\td\t1\n", "queries.jsonl, line 2: not a JSON object"),
            (
                [A, {**B, "metadata": {"answerable": "no"}}],
                "a\td\t1\n",
                'queries.jsonl, line 2: "metadata.answerable" must be true or false',
            ),
            ([A], "a\td\t1\na d 1\n", "test.tsv, line 2: needs a query"),
            ([A], "a\td\t1\na\te\tgood\n", "test.tsv, line 2: needs a query"),
            ([A], "a\td\t1\nz\td\t1\n", 'test.tsv, line 2: the query "z" is not in queries.jsonl'),
            ([A], "a\td\t1\na\td\t2\n", 'test.tsv, line 2: "a" and "d" were judged otherwise'),
            ([NOT], "n\td\t1\n", 'test.tsv, line 1: the query "n" is unanswerable'),
            ([A], "", "no query with judgements"),
        ],
    )
    def test_a_problem_names_file_and_line(self, tmp_path, queries, qrels, complaint):
        with pytest.raises(UsageError) as caught:
            read_folder(collection(tmp_path, queries, qrels))
        assert complaint in str(caught.value)

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(UsageError, match=r"queries\.jsonl cannot be read"):
            read_folder(tmp_path)
        (tmp_path / "queries.jsonl").write_text(json.dumps(A), "utf-8")
        with pytest.raises(UsageError, match=r"test\.tsv cannot be read"):
            read_folder(tmp_path)

    def test_measures_by_hand(self, tmp_path, scripted, service_class):
        texts = dict.fromkeys(("d1", "d2", "d3"), "some words here")
        script = {
            # d2 twice, then d1: the relevant one is the second document. 1 / log2(3) = 0.63093.
            "a?": scripted(hits=[("d2", 0, 4), ("d2", 5, 10), ("d1", 0, 4)], confidence=0.9),
            "n?": scripted(status="not_in_documents", confidence=0.2),
        }
        folder = collection(
            tmp_path, [A, B, NOT, {"_id": "c", "text": "c?"}], "a\td1\t1\nb\td3\t1\nb\tgone\t1\n"
        )
        report = evaluate_beir(service_class(texts, script), folder)
        # b finds nothing, scores 0 and stays: everything is halved.
        assert value(report, "ndcg@10") == pytest.approx(0.63093 / 2, abs=1e-5)
        assert value(report, "recall@10") == value(report, "recall@100") == 0.5
        assert value(report, "rr@10") == 0.25
        # b was given the script's default: refused at 0.0, so n wins against it and loses against a.
        assert value(report, "refusal_auroc") == 0.5
        assert value(report, "refusal_precision") == 0.5
        assert value(report, "refusal_recall") == 1.0
        assert report.rows[0].documents == ("d2", "d1")
        assert "1 queries without judgements were left out." in report.notes
        assert "1 relevant documents are not in the corpus; they count as not found." in report.notes

    def test_without_unanswerable_queries_nothing_is_asked(self, tmp_path, scripted, service_class):
        service = service_class({"d1": "words"}, {"a?": scripted(hits=[("d1", 0, 5)])})
        report = evaluate_beir(service, collection(tmp_path, [A], "a\td1\t1\n"))
        assert set(report.measures) == {"ndcg@10", "recall@10", "recall@100", "rr@10"}
        assert report.rows[0].status == ""
        assert "ask_ms" not in report.timings

    def test_long_documents_are_searched_until_there_are_enough(self, scripted, service_class):
        # 120 documents of ten passages each, served document by document.
        texts = {f"d{n:03}": "ten words" for n in range(120)}
        hits = [(source, 0, end) for source in texts for end in range(1, 10)]
        service = service_class(texts, {"q?": scripted(hits=hits)})
        ranking = rank_documents(service, Query("q", "q?", True, {}), of=120)
        assert ranking == list(texts)[:100]
        assert service.asked_for == [200, 400, 800, 1600]

    def test_a_small_corpus_is_searched_once(self, scripted, service_class):
        texts = {"d1": "words", "d2": "words"}
        service = service_class(texts, {"q?": scripted(hits=[("d1", 0, 5), ("d2", 0, 5)] * 200)})
        assert rank_documents(service, Query("q", "q?", True, {}), of=2) == ["d1", "d2"]
        assert service.asked_for == [200]

    def test_a_query_turned_away_scores_zero(self, tmp_path, scripted, service_class):
        service = service_class({"d1": "words"}, {"a?": scripted(error="stop words only")})
        report = evaluate_beir(service, collection(tmp_path, [A], "a\td1\t1\n"))
        assert value(report, "ndcg@10") == 0.0
        assert report.rows[0].error == "stop words only"


def test_public_names_exist_and_importing_them_loads_nothing_heavy():
    assert all(hasattr(package, name) for name in package.__all__)
    heavy = "{'numpy', 'sklearn', 'scipy', 'ir_measures', 'tiktoken', 'torch', 'faiss'}"
    # What `index` loads is its own affair; nothing may come on top.
    added = f"sorted({heavy} & set(sys.modules) - before)"
    program = f"import sys, index; before = set(sys.modules); import eval; print({added})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
