"""What a status means for one question, in words: what was searched, what of the question was found and what was not.

Everything that is said is looked up, never inferred: "does not mention" means that the word is not there, in any of its
forms. A passage may say the same in other words, which is why the quotes are shown beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from index import words
from qa.citing import long_date
from qa.demands import Demands, clauses_of, demands_of, kinds_of
from qa.question import content_words
from qa.retrieve import Candidate, Retrieval
from qa.types import Quote, Searched, Status
from qa.understand import Understanding

READ = 10
"""Among how many of the best passages what a question demands is looked for."""
_MOST = 6
"""Longer lists are not read."""
_ASKING = frozenset(
    ("many", "much", "often", "long", "old", "far", "year", "date", "day", "month", "percentage", "proportion", "share",
     "number", "name")
)  # fmt: skip
"""Words that say which kind of thing is asked for; whether one was found is told by the kind."""


def lacking(retrieval: Retrieval, passages: Sequence[Candidate]) -> list[str]:
    """What the question demands and none of these passages has, in words: "Hackney", "2018", "a number".

    Names, years and numbers are looked for in each passage with its title and headings, the kind of thing that is
    asked for in its sentences; each side of a comparison needs a passage of its own.
    """
    return [name for name, has in _asked(retrieval).items() if not any(map(has, passages))]


def incomplete(retrieval: Retrieval, quotes: Sequence[Quote]) -> bool:
    """Whether a part of what is asked is in none of the quoted and of the nearest passages.

    Of several questions asked in one breath, each is a part: some word of it has to be there.
    """
    passages = [*retrieval.candidates[:READ], *_quoted(retrieval, quotes)]
    said = {stem for one in passages for stem in words(_text_of(one))}
    clauses = clauses_of(retrieval.question)
    subjects = [[stems for word, stems in _content(one) if word.casefold() not in _ASKING] for one in clauses]
    unspoken = [
        about for about in subjects if about and said.isdisjoint(stem for stems in about for stem in stems)
    ]
    return bool(lacking(retrieval, passages)) or (len(clauses) > 1 and bool(unspoken))


def explained(
    status: Status,
    retrieval: Retrieval,
    quotes: Sequence[Quote],
    searched: Searched,
    frequencies: Mapping[str, int],
) -> str:
    """What a status means, in a few sentences. `frequencies` say how many passages have each word of the question."""
    if status == "not_in_documents":
        return (
            f"The documents do not seem to say. {_scope(searched)} {_absent(retrieval, frequencies)}".rstrip()
        )
    sources = len({quote.doc_id for quote in quotes})
    told = f"Quoted from {sources} of {_counted(searched.documents, 'document')} searched."
    return f"{told} {_parts(retrieval, quotes)}" if status == "partial" else told


def _scope(searched: Searched) -> str:
    """What was searched. Not every document has a date, so that its time is what is known of it."""
    passages, documents = _counted(searched.passages, "passage"), _counted(searched.documents, "document")
    scope = f"{passages} of {documents} {'was' if searched.passages == 1 else 'were'} searched"
    if not searched.first:
        return f"{scope}."
    first, last = long_date(searched.first), long_date(searched.last)
    when = f"in {first}" if first == last else f"from {first} to {last}"
    return f"{scope}, published {when} as far as is known."


def _absent(retrieval: Retrieval, frequencies: Mapping[str, int]) -> str:
    """What no passage has, and what none of the nearest has."""
    if not retrieval.candidates:
        return ""
    nowhere = [
        word
        for word, stems in _content(retrieval.question)
        if not any(frequencies.get(stem) for stem in stems)
    ]
    said = " ".join(nowhere).casefold()
    absent = [one for one in lacking(retrieval, retrieval.candidates[:READ]) if one.casefold() not in said]
    kinds = [one for one in absent if one in _kinds(retrieval.question)]
    told = (
        ("No passage mentions", [f"“{word}”" for word in nowhere]),
        ("None of the nearest passages mentions", [one for one in absent if one not in kinds]),
        ("None of the nearest passages gives", kinds),
    )
    return " ".join(f"{lead} {_listed(what, 'or')}." for lead, what in told if what) or (
        "Passages near the question were found, and none near enough to count as an answer."
    )


def _parts(retrieval: Retrieval, quotes: Sequence[Quote]) -> str:
    """Which part of a question the quoted passages have, and which they have not."""
    passages = _quoted(retrieval, quotes)
    absent = lacking(retrieval, passages)
    asked, kinds = _asked(retrieval), _kinds(retrieval.question)
    present = [one for one in asked if one not in absent]
    said = {stem for one in passages for stem in words(_text_of(one))}
    named = " ".join(asked).casefold()
    for word, stems in _content(retrieval.question):
        if word.casefold() not in named and not (kinds and word.casefold() in _ASKING):
            (present if any(stem in said for stem in stems) else absent).append(f"“{word}”")
    found = f"Found in the quoted passages: {_listed(present)}." if present else ""
    missing = f"Not found in them: {_listed(absent)}." if absent else ""
    if not missing:
        missing = "All of it is mentioned, but no sentence is near enough to be sure that it answers."
    return f"It is not certain that they answer the whole question. {found} {missing}".replace("  ", " ")


def _content(question: str) -> list[tuple[str, list[str]]]:
    """The words of a question that can point somewhere, as it spells them, each with its stems."""
    tokens = (
        token.strip("?!.,;:()[]“”‘'\"").removesuffix("'s") for token in question.replace("’", "'").split()
    )
    return [(token, stems) for token in dict.fromkeys(tokens) if (stems := content_words(token))]


def _asked(retrieval: Retrieval) -> dict[str, Callable[[Candidate], bool]]:
    """What the question demands, by name, each with the test of whether a passage has it."""
    demands = demands_of(retrieval.question)

    def speaks(of: Demands) -> Callable[[Candidate], bool]:
        return lambda one: not of.missing(one.passage, one.document)

    def gives(kind: Demands) -> Callable[[Candidate], bool]:
        return lambda one: any(map(kind.met_by, _sentences(one)))

    def meets(side: Understanding) -> Callable[[Candidate], bool]:
        return lambda one: side.meets(one.document, one.passage)

    return {
        **{name: speaks(Demands(names=(name,))) for name in demands.names},
        **{number: speaks(Demands(numbers=(number,))) for number in demands.numbers},
        **{name: meets(side) for name, side in _sides(retrieval.understood)},
        **{year: speaks(Demands(years=(year,))) for year in demands.years},
        **{name: gives(Demands(kind, demands.names)) for name, kind in _kinds(retrieval.question).items()},
    }


def _kinds(question: str) -> dict[str, str]:
    """The kinds of things that are asked for, by what they are called."""
    return {f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}": kind for kind in kinds_of(question)}


def _sides(understood: Understanding) -> list[tuple[str, Understanding]]:
    """What a question compares, each with a name: a stretch of time, or those whose words are asked for."""
    sides = []
    for part in understood.parts():
        whose = [*part.publishers, *(f"the {voice}’s words" for voice in part.voices), *part.names]
        when = [
            one.since[:4] if one.since[:4] == one.until[:4] else f"{one.since or '…'} to {one.until or '…'}"
            for one in part.periods
        ]
        sides.append((" ".join([*whose, *when]), part))
    return sides


def _quoted(retrieval: Retrieval, quotes: Sequence[Quote]) -> list[Candidate]:
    """The passages that quotes were taken from."""
    places = {(quote.doc_id, quote.start, quote.end) for quote in quotes}
    return [
        one
        for one in retrieval.candidates
        if any(
            doc_id == one.passage.doc_id and one.passage.start <= start and end <= one.passage.end
            for doc_id, start, end in places
        )
    ]


def _sentences(candidate: Candidate) -> list[str]:
    passage = candidate.passage
    return [passage.text[span.start - passage.start : span.end - passage.start] for span in passage.sentences]


def _text_of(candidate: Candidate) -> str:
    return f"{candidate.document.title} {candidate.passage.heading} {candidate.passage.text}"


def _listed(parts: Sequence[str], last: str = "and") -> str:
    """A few things in words.

    >>> _listed(["Hackney", "2018", "a number"], "or")
    'Hackney, 2018 or a number'
    """
    shown = list(parts[:_MOST])
    if len(parts) > _MOST:
        shown = [*shown[:-1], f"{len(parts) - _MOST + 1} more"]
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
