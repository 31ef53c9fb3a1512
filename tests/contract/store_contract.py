"""What every Store promises. A backend's tests subclass StoreContract and say how to open one.

The oracles are NumPy over all vectors, BM25 as it is printed in the literature, and `Filter.admits`.
"""

from __future__ import annotations

import math
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import numpy as np
import pytest

from index import (
    Alias,
    Block,
    Document,
    DocumentInfo,
    Embedding,
    Entry,
    Filter,
    IndexSettings,
    Mention,
    MismatchError,
    NotIndexedError,
    Page,
    Passage,
    Similarity,
    Span,
    Speech,
    Store,
    clean,
    document_id,
    passage_id,
    words,
)
from index.copies import Place
from index.store import Trace

Opener = Callable[[], Store]
WIDTH = 8
SETTINGS = IndexSettings("grid", "grid-8", WIDTH)
EVERYTHING = Filter()
DATES = ("", "2012", "2017", "2017-04", "2017-04-07", "2017-12-31", "2019-06")
VOCABULARY = [
    *("child", "board", "threshold", "inspection", "leader", "social", "worker", "report", "care", "home"),
    *("adoption", "review", "Café", "naïve", "referral", "délai", "2017", "audit"),
]


def grid_vector(rng: random.Random) -> np.ndarray:
    """A unit vector of four halves and four noughts: products are exact multiples of 1/4, so that many tie."""
    vector = np.zeros(WIDTH, dtype=np.float32)
    for place in rng.sample(range(WIDTH), 4):
        vector[place] = rng.choice((-0.5, 0.5))
    return vector


def unit_vector(rng: random.Random) -> np.ndarray:
    vector = np.array([rng.gauss(0, 1) for _ in range(WIDTH)])
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def entry(
    source_id: str,
    texts: list[list[str]],
    rng: random.Random,
    vector: Callable[[random.Random], np.ndarray] = grid_vector,
    marks: Sequence[dict[str, Any]] = (),
    **info: str,
) -> Entry:
    """A document whose passages are lists of sentences; a passage without sentences is the one text "-".

    `marks` are more fields of the first passages.
    """
    doc_id = document_id(source_id)
    passages, embeddings, text = [], [], ""
    for ordinal, sentences in enumerate(texts):
        start, spans = len(text), []
        for sentence in sentences:
            spans.append(Span(len(text), len(text) + len(sentence)))
            text += sentence + " "
        text = text[:-1] if sentences else text + "-"
        passages.append(
            Passage(
                passage_id(doc_id, start, len(text)),
                doc_id,
                ordinal,
                start,
                len(text),
                text[start:],
                heading="Findings › Leadership" if ordinal % 2 else "",
                page=ordinal + 1,
                paragraph=f"{ordinal}.1" if ordinal % 3 else None,
                sentences=tuple(spans),
                page_end=ordinal + 2,
                page_label="i" if ordinal % 2 else None,
                **(marks[ordinal] if ordinal < len(marks) else {}),
            )
        )
        embeddings.append(
            Embedding(
                vector(rng), np.array([vector(rng) for _ in spans], dtype=np.float32).reshape(-1, WIDTH)
            )
        )
        text += "\n\n"
    document = Document(
        DocumentInfo(
            **{
                "doc_id": doc_id,
                "source_id": source_id,
                "title": "A title",
                "sha256": "0" * 64,
                "media_type": "text/x-made-up",
                "dated_by": "text" if info.get("published") else "",
                **info,
            }
        ),
        text,
        (Block("paragraph", 0, len(text), boilerplate=True),),
        (Page(1, 0, len(text), "i"),),
        (Speech(0, 1, "A reader", "public", "2017"),) if text else (),
    )
    return Entry(document, tuple(passages), tuple(embeddings), f"key of {source_id}")


def mark(rng: random.Random) -> dict[str, Any]:
    """What may be said of a passage besides its text."""
    fields: dict[str, Any] = {"boilerplate": rng.random() < 0.1}
    if rng.random() < 0.3:
        fields |= {"voice": "public", "speaker": "A reader", "published": rng.choice(DATES)}
    if rng.random() < 0.5:
        since, until = sorted(rng.choices(["2012-01-01", "2016-12-31", "2017-04-07", "2019-06-30"], k=2))
        fields["dates"] = (Mention(0, 1, "2011-01-01", "2011-12-31"), Mention(1, 2, since, until))
        fields["speeches"] = (Speech(0, 1, "Someone"),)
    return fields


def corpus(
    seed: int = 1,
    documents: int = 12,
    vector: Callable[[random.Random], np.ndarray] = grid_vector,
) -> list[Entry]:
    """Documents of every voice, publisher and precision of date, with 0 to 5 passages of 0 to 3 sentences."""
    rng = random.Random(seed)
    return [
        entry(
            f"folder/{i:02}.txt",
            [
                [
                    " ".join(rng.choices(VOCABULARY, k=rng.randint(1, 7))) + "."
                    for _ in range(rng.randint(0, 3))
                ]
                for _ in range(rng.randint(0, 5))
            ],
            rng,
            vector,
            title=rng.choice(("Inspection report", "Statement")),
            voice=rng.choice(("council", "press", "law")),
            publisher=rng.choice(("Ofsted", "The Council", "")),
            published=rng.choice(DATES),
            media_type=rng.choice(("text/x-made-up", "application/pdf")),
            marks=[mark(rng) for _ in range(5)],
        )
        for i in range(documents)
    ]


class Oracle:
    """The same entries, held in a list and searched by looking at all of them."""

    def __init__(self, store: Store, entries: list[Entry]) -> None:
        self.info: dict[int, DocumentInfo] = {}
        self.passage: dict[int, Passage] = {}
        self.contexts: dict[int, list[str]] = {}
        self.own: dict[int, np.ndarray] = {}
        self.sentences: dict[int, np.ndarray] = {}
        self.words: dict[int, list[str]] = {}
        for one in entries:
            info = one.document.info
            stored = store.passages_of(info.doc_id)
            assert [passage for _, passage in stored] == list(one.passages)
            for (number, passage), embedding in zip(stored, one.embeddings, strict=True):
                self.info[number], self.passage[number] = info, passage
                self.own[number], self.sentences[number] = embedding.passage, embedding.sentences
                self.words[number] = words(f"{info.title} {passage.heading} {clean(passage.text)}")
        for number, passage in self.passage.items():
            around = " ".join(clean(self.passage[n].text) for n in self.around(number))
            self.contexts[number] = words(f"{self.info[number].title} {passage.heading} {around}")

    def admitted(self, where: Filter) -> list[int]:
        return [n for n, info in self.info.items() if where.admits(info, self.passage[n])]

    def before(self, number: int, step: int = -1) -> list[int]:
        """A passage and those of its context: up to two before it (or, with a step of 1, after), none across
        boilerplate.
        """
        found = [number]
        while len(found) < 3 and (last := found[-1] + step) in self.passage:
            passage, own = self.passage[last], self.passage[number]
            if passage.doc_id != own.doc_id or passage.boilerplate != own.boilerplate:
                break
            found.append(last)
        return found

    def around(self, number: int) -> list[int]:
        """A passage with up to two on either side, in order."""
        return sorted({*self.before(number), *self.before(number, 1)})

    def cosines(self, vector: np.ndarray, where: Filter, sentences: bool) -> dict[int, float]:
        return {
            n: float(np.max(self.sentences[n] @ vector)) if sentences else float(self.own[n] @ vector)
            for n in self.admitted(where)
            if not sentences or len(self.sentences[n])
        }

    def bm25(
        self, question: str, where: Filter = EVERYTHING, texts: dict[int, list[str]] | None = None
    ) -> dict[int, float]:
        """Robertson & Zaragoza 2009 with k1 1.2 and b 0.75, and the logarithm of 1 + odds that Lucene uses."""
        texts = texts or self.words
        size = len(texts)
        mean = sum(map(len, texts.values())) / size if size else 0
        admitted, found = set(self.admitted(where)), {}
        for number, has in texts.items():
            score, counts = 0.0, Counter(has)
            for word in dict.fromkeys(words(question)):
                among = sum(word in other for other in texts.values())
                idf = math.log(1 + (size - among + 0.5) / (among + 0.5))
                tf = counts[word]
                score += idf * 2.2 * tf / (tf + 1.2 * (0.25 + 0.75 * len(has) / mean))
            if score and number in admitted:
                found[number] = score
        return found


def ranked(scores: dict[int, float], k: int) -> list[int]:
    return sorted(scores, key=lambda n: (-scores[n], n))[:k]


def agree(found: list, scores: dict[int, float], k: int) -> None:
    """What an engine returned is what the oracle says, where scores that differ by a rounding may swap."""
    assert len(found) == min(k, len(scores))
    assert len({scored.number for scored in found}) == len(found)
    for scored in found:
        assert scored.score == pytest.approx(scores[scored.number], rel=1e-4, abs=2e-6)
    pairs = [(-round(scored.score, 5), scored.number) for scored in found]
    assert pairs == sorted(pairs)
    left = set(scores) - {scored.number for scored in found}
    if found and left:
        assert max(scores[n] for n in left) <= found[-1].score + 3e-5


class StoreContract:
    @pytest.fixture
    def opener(self, tmp_path) -> Opener:
        """Opens one and the same store, made when it is not there yet."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, opener: Opener):
        with closing(opener()) as store:
            yield store

    # The truth

    def test_what_is_put_is_read(self, store):
        entries = corpus()
        assert store.settings is None
        store.put(entries, SETTINGS)
        assert store.settings == SETTINGS
        for one in entries:
            info = one.document.info
            assert store.document(info.doc_id) == store.document(info.source_id) == one.document
            stored = store.passages_of(info.doc_id)
            assert [passage for _, passage in stored] == list(one.passages)
            assert store.passages([number for number, _ in stored]) == dict(stored)
        assert store.source_keys() == {e.document.info.doc_id: e.source_key for e in entries}
        assert store.check() == []

    def test_documents_and_counts(self, store):
        entries = corpus()
        store.put(entries[::-1], SETTINGS)
        infos = [one.document.info for one in entries]  # source ids ascend
        assert store.documents() == infos
        some = {infos[3].doc_id, infos[1].doc_id, "no such id"}
        assert store.documents(some) == [infos[1], infos[3]]
        assert store.documents(set()) == []
        known = sorted(info.published for info in infos if info.published)
        counts = store.counts()
        searched = [p for e in entries for p in e.passages if not p.boilerplate]
        assert (counts.documents, counts.passages) == (12, len(searched))
        assert (counts.first, counts.last) == (known[0], known[-1])
        everything = store.counts(Filter(boilerplate=True))
        assert everything.passages == sum(len(e.passages) for e in entries) > counts.passages
        of_some = store.counts(Filter(documents=frozenset(some)))
        admitted = [e for e in (entries[1], entries[3]) if any(not p.boilerplate for p in e.passages)]
        assert (of_some.documents, of_some.passages) == (
            len(admitted),
            sum(not p.boilerplate for e in admitted for p in e.passages),
        )
        none = store.counts(Filter(documents=frozenset({"no such id"})))
        assert (none.documents, none.passages, none.first, none.last) == (0, 0, "", "")
        assert of_some.generation == counts.generation

    def test_a_document_that_is_not_there(self, store):
        with pytest.raises(NotIndexedError, match=r"no document 'gone\.txt' is indexed"):
            store.document("gone.txt")
        assert store.passages_of("gone") == []
        assert store.passages([1, 2]) == {}

    def test_replaced_and_removed(self, store):
        rng = random.Random(2)
        first, second = entry("a", [["One board."], ["Two."]], rng), entry("b", [["A board."]], rng)
        store.put([first, second], SETTINGS)
        old = dict(store.passages_of(document_id("a")))
        changed = entry("a", [["Three board."], ["Four."]], rng, title="New")
        generations = [store.counts().generation]
        store.put([changed], SETTINGS)
        generations.append(store.counts().generation)
        new = dict(store.passages_of(document_id("a")))
        assert min(new) > max(old), "numbers are never given twice"
        assert store.document("a") == changed.document
        assert store.passages(list(old)) == {}
        assert {s.number for s in store.best("board", 9, EVERYTHING)} == {
            min(new),
            store.passages_of(document_id("b"))[0][0],
        }
        assert store.remove([document_id("a"), "no such id"]) == 1
        generations.append(store.counts().generation)
        assert store.passages_of(document_id("a")) == []
        assert [info.source_id for info in store.documents()] == ["b"]
        assert len(store.nearest(grid_vector(rng), 9, EVERYTHING)) == 1
        store.put([changed], SETTINGS)
        generations.append(store.counts().generation)
        assert min(dict(store.passages_of(document_id("a")))) > max(new)
        assert generations == sorted(set(generations))
        assert store.check() == []

    def test_numbers_are_not_given_again_after_all_is_gone(self, opener):
        rng = random.Random(3)
        with closing(opener()) as store:
            store.put([entry("a", [["One."]], rng)], SETTINGS)
            ((number, _),) = store.passages_of(document_id("a"))
            store.remove([document_id("a")])
        with closing(opener()) as store:
            store.put([entry("a", [["One."]], rng)], SETTINGS)
            assert store.passages_of(document_id("a"))[0][0] > number

    def test_other_settings_are_refused_and_nothing_changes(self, store):
        entries = corpus()
        store.put(entries[:2], SETTINGS)
        before = store.counts(), store.documents()
        for other in (
            IndexSettings("else", "else-8", WIDTH),
            IndexSettings("grid", "grid-8", WIDTH, passage_tokens=60),
            IndexSettings("grid", "grid-8", WIDTH, splitter="0"),
        ):
            with pytest.raises(MismatchError, match=r"was made with .*, not .*--data"):
                store.put(entries[2:], other)
        assert (store.counts(), store.documents()) == before
        assert store.settings == SETTINGS

    def test_a_put_is_all_or_nothing(self, store):
        good, bad = corpus()[:2]
        store.put([good], SETTINGS)
        before = store.counts(), store.documents(), store.nearest(np.eye(WIDTH)[0], 9, EVERYTHING)
        rng = random.Random(4)
        replaced = entry(good.document.info.source_id, [["Other."]], rng)
        wide = Entry(
            bad.document, good.passages[:1], (Embedding(np.ones(9, np.float32), np.ones((1, 9), np.float32)),)
        )
        short = Entry(bad.document, good.passages[:1], ())
        for wrong in (wide, short):
            with pytest.raises(ValueError):
                store.put([replaced, wrong], SETTINGS)
        after = store.counts(), store.documents(), store.nearest(np.eye(WIDTH)[0], 9, EVERYTHING)
        assert before == after

    # By vector

    @pytest.mark.parametrize("sentences", [False, True])
    @pytest.mark.parametrize("seed", range(5))
    def test_nearest_is_what_brute_force_finds_with_ties_by_number(self, store, sentences, seed):
        entries = corpus(seed, documents=30)
        store.put(entries, SETTINGS)
        oracle = Oracle(store, entries)
        rng = random.Random(seed)
        for k in (1, 3, 10, 40, 10_000):
            vector = grid_vector(rng)
            found = store.nearest(vector, k, EVERYTHING, sentences=sentences)
            scores = oracle.cosines(vector, EVERYTHING, sentences)
            assert [scored.number for scored in found] == ranked(scores, k)
            assert [scored.score for scored in found] == [scores[scored.number] for scored in found]

    @pytest.mark.parametrize("sentences", [False, True])
    def test_nearest_of_any_vectors(self, store, sentences):
        entries = corpus(7, 40, unit_vector)
        store.put(entries, SETTINGS)
        oracle = Oracle(store, entries)
        rng = random.Random(7)
        for _ in range(20):
            vector = unit_vector(rng)
            found = store.nearest(vector, 9, EVERYTHING, sentences=sentences)
            agree(found, oracle.cosines(vector, EVERYTHING, sentences), 9)

    @pytest.mark.parametrize("sentences", [False, True])
    def test_more_equal_passages_than_are_asked_for(self, store, sentences):
        same = [["The same board."]] * 300
        store.put(
            [entry("a", same, random.Random(1), lambda _: np.eye(WIDTH, dtype=np.float32)[0])], SETTINGS
        )
        numbers = [number for number, _ in store.passages_of(document_id("a"))]
        found = store.nearest(np.eye(WIDTH, dtype=np.float32)[0], 10, EVERYTHING, sentences=sentences)
        assert [scored.number for scored in found] == numbers[:10]
        # The headings of every second passage hold more words, so the others, which are equal, come first.
        assert [scored.number for scored in store.best("board", 10, EVERYTHING)] == numbers[0:20:2]

    def test_similarities_of_any_numbers(self, store):
        entries = corpus(8, 10, unit_vector)
        store.put(entries, SETTINGS)
        oracle = Oracle(store, entries)
        gone = max(oracle.own) + 1
        numbers = [gone, *list(oracle.own)[::-1], 0, -5, next(iter(oracle.own))]
        vector = unit_vector(random.Random(8))
        found = store.similarities(vector, numbers)
        assert len(found) == len(numbers)
        for number, one in zip(numbers, found, strict=True):
            if number not in oracle.own:
                assert one is None
                continue
            assert isinstance(one, Similarity)
            assert one.passage == pytest.approx(float(oracle.own[number] @ vector), abs=2e-6)
            assert one.sentences == pytest.approx((oracle.sentences[number] @ vector).tolist(), abs=2e-6)
            assert one.best_sentence == max(one.sentences, default=one.passage)
            context = sum(oracle.own[n] for n in oracle.before(number))
            assert one.context == pytest.approx(float(context @ vector / np.linalg.norm(context)), abs=2e-6)
        assert store.similarities(vector, []) == []

    def test_the_centroid_of_any_numbers(self, store):
        entries = corpus(8, 10, unit_vector)
        store.put(entries, SETTINGS)
        oracle = Oracle(store, entries)
        gone = max(oracle.own) + 1
        some = list(oracle.own)[::-3]
        total = sum(oracle.own[number] for number in some)
        assert store.centroid([*some, gone, 0, -5]) == pytest.approx(total / np.linalg.norm(total), abs=2e-6)
        assert store.centroid(some[:1]) == pytest.approx(oracle.own[some[0]], abs=2e-6)
        assert not store.centroid([gone]).any() and not store.centroid([]).any()

    @pytest.mark.parametrize("shape", [(WIDTH + 1,), (WIDTH - 1,), (0,), (1, WIDTH), (WIDTH, 1)])
    def test_a_vector_of_the_wrong_width(self, store, shape):
        store.put(corpus(), SETTINGS)
        for search in (
            lambda v: store.nearest(v, 3, EVERYTHING),
            lambda v: store.nearest(v, 3, EVERYTHING, sentences=True),
            lambda v: store.nearest(v, 3, Filter(voices=frozenset({"no one"}))),
            lambda v: store.similarities(v, [1]),
        ):
            with pytest.raises(ValueError, match=rf"shape \({WIDTH},\) was expected"):
                search(np.zeros(shape, dtype=np.float32))

    # By words

    def test_bm25_is_that_of_the_literature(self, store):
        entries = corpus(9, 30)
        store.put(entries, SETTINGS)
        oracle = Oracle(store, entries)
        for question in (
            "threshold",
            "Thresholds & boards?",
            "cafe NAÏVE delai",
            "child child child",
            "2017 zebra",
        ):
            for k in (1, 5, 1000):
                agree(store.best(question, k, EVERYTHING), oracle.bm25(question), k)
        assert store.best("zebra", 5, EVERYTHING) == []
        assert store.best("?!", 5, EVERYTHING) == store.best("", 5, EVERYTHING) == []
        assert store.best('title:x AND "(', 5, EVERYTHING) == store.best("title x and", 5, EVERYTHING)

    def test_relevances_and_frequencies(self, store):
        entries = corpus(10, 20)
        store.put(entries, SETTINGS)
        oracle = Oracle(store, entries)
        question = "a threshold for the board"
        scores = oracle.bm25(question, Filter(boilerplate=True))
        numbers = [99_999, *list(oracle.words)[::-1], 0, next(iter(scores))]
        found = store.relevances(question, numbers)
        assert found.shape == (len(numbers), 2)
        assert found[:, 0].tolist() == pytest.approx([scores.get(n, 0.0) for n in numbers], rel=1e-4)
        scores = oracle.bm25(question, Filter(boilerplate=True), oracle.contexts)
        assert found[:, 1].tolist() == pytest.approx([scores.get(n, 0.0) for n in numbers], rel=1e-4)
        assert not store.relevances("zebra", numbers).any()
        assert store.relevances(question, []).shape == (0, 2)
        asked = [*words("threshold cafe 2017"), "zebra"]
        assert store.frequencies(asked) == {
            word: sum(word in has for has in oracle.words.values()) for word in asked
        }

    # Filters

    def test_filters_hold_before_ranking(self, store):
        entries = corpus(11, 40)
        store.put(entries, SETTINGS)
        oracle = Oracle(store, entries)
        rng = random.Random(11)
        infos = [one.document.info for one in entries]

        def some(values):
            return frozenset(rng.sample(values, rng.randint(0, 2)))

        kept = set()
        for _ in range(120):
            where = Filter(
                voices=some(["council", "press", "law", "court", "public"]),
                publishers=some(["Ofsted", "The Council", "O'Neil\"; --"]),
                documents=some([i.doc_id for i in infos] + [i.source_id for i in infos])
                if rng.random() < 0.3
                else frozenset(),
                published_from=rng.choice(["", "", "2012", "2017-04", "2017-04-07", "2018"]),
                published_to=rng.choice(["", "", "2017", "2017-04-07", "2017-03", "2020-01-01"]),
                kinds=some(["text/x-made-up", "application/pdf", "text/html"])
                if rng.random() < 0.3
                else frozenset(),
                about_from=rng.choice(["", "", "", "2012", "2017-04", "2017-04-08"]),
                about_to=rng.choice(["", "", "", "2010", "2017-04", "2016-12-31"]),
                boilerplate=rng.random() < 0.5,
                editions=rng.random() < 0.5,
            )
            kept.add(len(oracle.admitted(where)))
            vector = grid_vector(rng)
            for sentences in (False, True):
                found = store.nearest(vector, 3, where, sentences=sentences)
                assert [s.number for s in found] == ranked(oracle.cosines(vector, where, sentences), 3)
            # Scores stay those of the whole store, whatever the filter.
            agree(
                store.best("threshold board child", 3, where), oracle.bm25("threshold board child", where), 3
            )
        assert 0 in kept and len(kept) > 20

    def test_publishers_with_the_voice_of_most_of_their_documents(self, store):
        rng = random.Random(15)
        assert store.publishers() == {}
        said = [
            ("Post", "press"),
            ("Post", "press"),
            ("Post", "other"),
            ("", "law"),
            ("Ofsted", "inspectorate"),
        ]
        store.put(
            [
                entry(str(i), [["A."]], rng, publisher=publisher, voice=voice)
                for i, (publisher, voice) in enumerate(said)
            ],
            SETTINGS,
        )
        assert store.publishers() == {"Post": "press", "Ofsted": "inspectorate"}

    # Editions, other names and copies

    def test_a_changed_source_keeps_its_older_editions(self, store):
        rng = random.Random(12)
        contents = ["a" * 64, "b" * 64, "c" * 64]
        editions = [
            entry("report", [[f"The board of {sha[0]}."], ["More."]], rng, sha256=sha) for sha in contents
        ]
        other = entry("other", [["The board."]], rng)
        for one in editions:
            store.put([one, other], SETTINGS)
        doc_id = document_id("report")
        infos = store.editions("report")
        assert [info.edition for info in infos] == [3, 2, 1]
        assert [info.superseded_by for info in infos] == ["", contents[2], contents[1]]
        assert [info.doc_id for info in infos] == [doc_id, f"{doc_id}-bbbbbbbb", f"{doc_id}-aaaaaaaa"]
        assert [info.source_id for info in store.documents()] == ["other", "report"]
        assert store.source_keys().keys() == {doc_id, document_id("other")}
        assert store.document("report").text == editions[2].document.text
        assert store.document(f"{doc_id}-aaaaaaaa").text == editions[0].document.text
        assert store.counts().documents == 2 and store.counts().passages == 3
        assert store.counts(Filter(editions=True)).passages == 7
        vector = editions[0].embeddings[0].passage
        for where, size in ((EVERYTHING, 3), (Filter(editions=True), 7)):
            assert len(store.nearest(vector, 99, where)) == size
            assert len(store.best("board", 99, where)) == (size + 1) // 2
        (number, oldest), *_ = store.passages_of(f"{doc_id}-aaaaaaaa")
        assert oldest.passage_id == f"{doc_id}-aaaaaaaa:{oldest.start}-{oldest.end}"
        assert store.similarities(vector, [number])[0].passage == pytest.approx(1)
        assert store.check() == []
        # The same content once more is no new edition, one that was there before is.
        store.put([editions[2]], SETTINGS)
        assert [info.edition for info in store.editions("report")] == [3, 2, 1]
        store.put([editions[0]], SETTINGS)
        assert [info.sha256[0] for info in store.editions("report")] == ["a", "c", "b", "a"]
        store.put([editions[1]], SETTINGS)
        assert [info.edition for info in store.editions("report")] == [5, 4, 3, 2]
        assert store.check() == []
        # One older edition goes alone; the newest takes all with it.
        assert store.remove([f"{doc_id}-cccccccc"]) == 1
        assert [info.edition for info in store.editions("report")] == [5, 4, 2]
        assert store.remove([doc_id]) == 1
        assert store.editions("report") == [] and store.counts(Filter(editions=True)).passages == 1

    def test_other_names_of_a_document(self, store):
        rng = random.Random(13)
        one, two = entry("a", [["A board."]], rng), entry("b", [["No board."]], rng)
        store.put([one, two], SETTINGS)
        doc_id = document_id("a")
        aliases = [Alias(name, doc_id, f"/{name}", f"key of {name}") for name in ("copy 1", "copy 2")]
        store.alias(aliases[::-1])
        assert store.aliases() == aliases
        assert store.document("copy 2").info.also == ("copy 1", "copy 2")
        assert [info.also for info in store.documents()] == [("copy 1", "copy 2"), ()]
        where = Filter(documents=frozenset({"copy 1"}))
        assert len(store.best("board", 9, where)) == store.counts(where).passages == 1
        assert where.admits(store.document("a").info, one.passages[0])
        store.alias([Alias("copy 2", document_id("b"), "/copy 2", "new key")])
        assert store.document("copy 2").info.source_id == "b"
        assert store.unalias(["copy 1", "no such name"]) == 1
        assert [info.also for info in store.documents()] == [(), ("copy 2",)]
        store.remove([document_id("b")])
        assert store.aliases() == [] and store.check() == []

    def test_what_is_noted_of_sources(self, store):
        before = store.counts().generation
        assert store.sources() == {}
        store.note_sources({"/a.zip": "one", "https://example.org/": "two"})
        store.note_sources({"/a.zip": "three", "https://example.org/": ""})
        assert store.sources() == {"/a.zip": "three"}
        assert store.counts().generation == before, "no content has changed"

    def test_copies_are_linked_to_the_earliest(self, store):
        rng = random.Random(14)
        store.put([entry("a", [["A board."], ["B."]], rng), entry("b", [["A board!"]], rng)], SETTINGS)
        (first, origin), _ = store.passages_of(document_id("a"))
        ((copy, _),) = store.passages_of(document_id("b"))
        store.link({copy: origin.passage_id})
        assert store.passages([copy])[copy].copy_of == origin.passage_id
        assert store.passages([first])[first].copy_of == ""
        before = store.counts().generation
        store.link({copy: origin.passage_id})
        assert store.counts().generation == before, "nothing has changed"
        store.link({})
        assert store.passages([copy])[copy].copy_of == "" and store.check() == []

    def test_traces_tell_what_came_and_went(self, store):
        rng = random.Random(15)
        assert store.untraced() == ([], []) and store.links() == {} and store.trace_keys() == {}
        store.put([entry("a", [["A board."], ["B."]], rng), entry("b", [["A board!"]], rng)], SETTINGS)
        (first, second), (third,) = (
            [number for number, _ in store.passages_of(document_id(name))] for name in ("a", "b")
        )
        assert store.untraced() == ([first, second, third], [])
        traces = {n: Trace(Place("2017~", "a", n, f"id {n}"), bytes([n]) * 8) for n in (first, second, third)}
        before = store.counts().generation
        store.link({}, traces)
        assert store.counts().generation == before, "nothing that is asked for has changed"
        assert store.untraced() == ([], [])
        assert store.traces([first, third, 999]) == {first: traces[first], third: traces[third]}
        assert store.trace_keys() == {n: trace.keys for n, trace in traces.items()}
        store.link({third: "x"}, {})
        assert store.links() == {third: "x"} and len(store.trace_keys()) == 3
        store.put([entry("a", [["Another board."]], rng)], SETTINGS)
        ((new, _),) = store.passages_of(document_id("a"))
        assert store.untraced() == ([new], [first, second]), "an older edition is no source"
        store.remove([document_id("b")])
        assert store.untraced() == ([new], [first, second, third]) and store.links() == {}
        store.link({}, {new: traces[first]}, [first, second, third])
        assert store.untraced() == ([], []) and store.check() == []

    # Edges

    def test_an_empty_store(self, store):
        vector = np.zeros(WIDTH, dtype=np.float32)
        for _ in range(2):  # before anything was put, and after all was removed
            assert store.nearest(vector, 5, EVERYTHING) == []
            assert store.nearest(vector, 5, EVERYTHING, sentences=True) == []
            assert store.best("board", 5, EVERYTHING) == []
            assert store.similarities(vector, [1, 2]) == [None, None]
            assert store.relevances("board", [1, 2]).tolist() == [[0.0, 0.0], [0.0, 0.0]]
            assert store.frequencies(["board"]) == {"board": 0}
            assert (store.counts().documents, store.counts().passages) == (0, 0)
            assert store.documents() == [] and store.source_keys() == {}
            assert store.remove(["nothing"]) == 0
            assert store.check() == []
            entries = corpus()
            store.put(entries, SETTINGS)
            store.remove([one.document.info.doc_id for one in entries])

    def test_no_results_wanted(self, store):
        store.put(corpus(), SETTINGS)
        assert store.nearest(np.zeros(WIDTH, dtype=np.float32), 0, EVERYTHING) == []
        assert store.best("board", 0, EVERYTHING) == []

    def test_a_document_without_passages(self, store):
        store.put([entry("empty", [], random.Random(1))], SETTINGS)
        assert store.document("empty").text == ""
        assert store.counts().documents == 1
        assert store.nearest(np.zeros(WIDTH, dtype=np.float32), 5, EVERYTHING) == []
        assert store.check() == []

    def test_text_of_every_kind_comes_back_as_it_was(self, store):
        text = "a\0b \r\n\u00a0\u00ad e\u0301 שלום \U0001f469\u200d\U0001f467 \ufeff \u2028 ''\"; DROP TABLE"
        one = entry(f"näme/{text}", [[text]], random.Random(1), title=text, publisher=text)
        store.put([one], SETTINGS)
        assert store.document(one.document.info.source_id) == one.document
        assert [p for _, p in store.passages_of(one.document.info.doc_id)] == list(one.passages)
        assert store.check() == []

    def test_reopened_it_answers_alike(self, opener):
        entries = corpus(12)
        vector = grid_vector(random.Random(12))

        def answers(store):
            return (
                store.nearest(vector, 9, EVERYTHING),
                store.nearest(vector, 9, EVERYTHING, sentences=True),
                store.best("board threshold", 9, EVERYTHING),
                store.documents(),
                store.counts(),
                store.settings,
            )

        with closing(opener()) as store:
            store.put(entries, SETTINGS)
            before = answers(store)
            store.refresh()
        with closing(opener()) as store:
            assert answers(store) == before

    def test_readers_beside_a_writer(self, opener):
        """Whoever reads sees whole documents: each passage found is as it was put, or gone."""
        rng = random.Random(13)
        done = threading.Event()
        texts = {"a": "The board met.", "b": "A threshold."}

        def write(store):
            for round_ in range(12):
                for name, text in texts.items():
                    store.put([entry(name, [[f"{text} {round_}"]] * (1 + round_ % 4), rng)], SETTINGS)
                if round_ % 5 == 4:
                    store.remove([document_id("a")])
            done.set()

        def read(store):
            seen = 0
            while not done.is_set() or not seen:
                seen += 1
                vector = np.eye(WIDTH, dtype=np.float32)[seen % WIDTH]
                numbers = [s.number for s in store.nearest(vector, 9, EVERYTHING)]
                numbers += [s.number for s in store.best("board threshold", 9, EVERYTHING)]
                found = store.passages(numbers)
                assert set(found) <= set(numbers)
                for passage in found.values():
                    name = "a" if passage.doc_id == document_id("a") else "b"
                    assert passage.text.startswith(texts[name])
                    try:
                        document = store.document(passage.doc_id)
                    except NotIndexedError:
                        continue
                    whole = [p for _, p in store.passages_of(passage.doc_id)]
                    assert len(whole) in (0, 1, 2, 3, 4)
                    assert len({p.text for p in whole}) <= 1, "a document is replaced as a whole"
                    assert document.info.doc_id == passage.doc_id
                store.similarities(vector, numbers)
                store.relevances("board", numbers)
            return seen

        with closing(opener()) as first, closing(opener()) as second, ThreadPoolExecutor(6) as pool:
            first.put([entry("a", [["The board met. 0"]], rng)], SETTINGS)
            readers = [pool.submit(read, store) for store in (first, first, second, second)]
            pool.submit(write, first).result(timeout=60)
            assert all(reader.result(timeout=60) for reader in readers)
            assert first.check() == second.check() == []
            assert first.best("board", 9, EVERYTHING) == second.best("board", 9, EVERYTHING)

    def test_closed_while_in_use_it_lets_go(self, opener):
        store = opener()
        store.put(corpus(), SETTINGS)
        with ThreadPoolExecutor(4) as pool:
            for future in [pool.submit(store.documents) for _ in range(40)]:
                assert len(future.result()) == 12
        store.close()
        store.close()
