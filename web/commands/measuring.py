"""What `pincite eval` measures: an index, a corpus indexed on the fly, or another engine on the texts of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from web.commands.printing import print_errors

if TYPE_CHECKING:
    from eval import CorpusFile, EndpointEngine, Question, Report, RunFileEngine
    from index import Store
    from qa import Service, Settings

_BEIR_FILES = ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv")


@dataclass(frozen=True, slots=True)
class Measured:
    """Who answers: the index at `location`, or another engine by a file of its results or by its address.

    With `replay`, a saved run, the index answers with the settings of that run, and it is a UsageError before
    anything is asked if corpus or questions are not those of the run, unless `across_corpora` lets them differ.
    """

    location: str
    model: str | None = None
    results: Path | None = None
    endpoint: str | None = None
    replay: Report | None = None
    across_corpora: bool = False
    reranker: str | None = None

    @property
    def is_foreign(self) -> bool:
        """Whether another engine answers."""
        return bool(self.results or self.endpoint)

    def by_set(self, path: Path | None) -> Report:
        """The report on a question set; without one, on the questions of the run that is replayed."""
        from eval import evaluate, told
        from index import open_store
        from qa import Service
        from web.progress import Counter

        questions = self._questions(path)
        settings = self._settings()
        with ExitStack() as stack:
            if self.is_foreign:
                store = stack.enter_context(closing(open_store(self.location)))
                self._check(store, questions)
                engine = stack.enter_context(self._engine(store))
                counter = stack.enter_context(Counter("questions"))
                return told(evaluate(engine, questions, progress=counter), engine)
            service = stack.enter_context(
                closing(Service.open(self.location, self.model, settings, self._reranker))
            )
            self._check(service, questions)
            return evaluate(service, questions, progress=stack.enter_context(Counter("questions")))

    def by_collection(self, folder: Path) -> tuple[Report, bool]:
        """The report on a BEIR folder, and whether some of its corpus could not be read."""
        from eval import CorpusFile, evaluate_beir, told
        from web.progress import Counter

        if missing := [name for name in _BEIR_FILES if not (folder / name).is_file()]:
            raise click.BadParameter(
                f"{folder} holds no {' and no '.join(missing)}; give a folder in the BEIR layout",
                param_hint="SET",
            )
        if self.is_foreign:
            # What another engine returned is held against the texts: there is nothing to embed.
            corpus = CorpusFile(folder / _BEIR_FILES[0])
            print_errors(corpus.failed)
            self._check(corpus)
            with self._engine(corpus) as engine, Counter("queries") as counter:
                return told(evaluate_beir(engine, folder, progress=counter), engine), bool(corpus.failed)
        with self._indexed(folder / _BEIR_FILES[0]) as (service, unread), Counter("queries") as counter:
            self._check(service)
            return evaluate_beir(service, folder, progress=counter), unread

    @property
    def _reranker(self) -> str | None:
        """The reranker's folder: the one that was named, or that of the run that is replayed."""
        if self.reranker or self.replay is None:
            return self.reranker
        from qa import reranker_of

        return reranker_of(self.replay.settings.get("engine", {}))

    def _questions(self, path: Path | None) -> Sequence[Question]:
        from eval import questions_of, read_questions

        if path is not None:
            return read_questions(path)
        return questions_of(self.replay) if self.replay else ()

    def _settings(self) -> Settings:
        from eval import settings_of_run
        from qa import Settings

        return settings_of_run(self.replay) if self.replay and not self.is_foreign else Settings()

    def _check(
        self, corpus: Service | Store | CorpusFile, questions: Sequence[Question] | None = None
    ) -> None:
        from eval import check_replay

        if self.replay is not None:
            check_replay(self.replay, corpus, questions, across_corpora=self.across_corpora)

    @contextmanager
    def _engine(self, corpus: Store | CorpusFile) -> Iterator[RunFileEngine | EndpointEngine]:
        """The other engine, over the texts that its results are held against."""
        from eval import EndpointEngine, RunFileEngine

        if self.results:
            yield RunFileEngine(corpus, self.results)
            return
        with closing(EndpointEngine(corpus, self.endpoint or "")) as engine:
            yield engine

    @contextmanager
    def _indexed(self, corpus: Path) -> Iterator[tuple[Service, bool]]:
        """A service over a corpus that is indexed for it and thrown away, and whether some could not be read."""
        from index import DEFAULT_MODEL, PASSAGE_TOKENS, TransformerEmbedder, index_paths, open_store
        from qa import Service, rerankers
        from web.progress import Bar

        settings = self._settings()
        made_with = self.replay.settings.get("engine", {}) if self.replay else {}
        embedder = TransformerEmbedder(self.model or made_with.get("model") or DEFAULT_MODEL)
        late, reranker = rerankers(embedder, None, self._reranker)
        with TemporaryDirectory() as scratch, closing(open_store(scratch, create=True)) as store:
            with Bar() as bar:
                summary = index_paths(
                    store,
                    embedder,
                    [corpus],
                    passage_tokens=made_with.get("passage_tokens") or PASSAGE_TOKENS,
                    progress=bar,
                )
            print_errors(summary.failed)
            yield Service(store, embedder, settings, reranker, late), bool(summary.failed)
