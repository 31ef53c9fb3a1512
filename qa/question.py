"""What a person asks, checked before anything is searched."""

from __future__ import annotations

from index import QuestionError, words

MAX_CHARACTERS = 2_000

# Words that occur in nearly every paragraph and so can point to none, as the index stems them.
_STOP_WORDS = frozenset(
    words(
        "a about above after again against all also am an and any are aren as at be because been before being"
        " below between both but by can could couldn d did didn do does doesn doing don down during each else ever"
        " few for from further get give given go got had hadn has hasn have haven having he her here hers herself"
        " him himself his how i if in into is isn it its itself just let ll m me might more most much must my"
        " myself no nor not now of off on once one only or other our ours ourselves out over own please re s same"
        " say shall she should shouldn so some such t tell than that the their theirs them themselves then there"
        " these they thing things this those through to too under until up upon us ve very was wasn we were weren"
        " what when where whether which while who whom whose why will with won would wouldn you your yours"
        " yourself yourselves"
    )
)


def check_question(question: str) -> str:
    """The question without white space around it. QuestionError if it cannot be searched for.

    >>> check_question(" Why were thresholds inconsistent? ")
    'Why were thresholds inconsistent?'
    """
    question = question.strip()
    if not question:
        raise QuestionError(
            "the question is empty; ask something, such as: Why were thresholds inconsistent?"
        )
    if len(question) > MAX_CHARACTERS:
        raise QuestionError(
            f"the question has {len(question):,} characters and at most {MAX_CHARACTERS:,} are searched for; shorten it"
        )
    if "\x00" in question or any("\ud800" <= c <= "\udfff" for c in question):
        raise QuestionError("the question holds characters that are not text; type it again")
    if not content_words(question):
        raise QuestionError(
            f"the question {question[:60]!r} has only words that every text has; name what you are looking for"
        )
    return question


def content_words(question: str) -> list[str]:
    """The distinct words that can point somewhere, as the index stems them, in order.

    >>> content_words("Why were thresholds inconsistent?")
    ['threshold', 'inconsist']
    """
    return [word for word in dict.fromkeys(words(question)) if word not in _STOP_WORDS]
