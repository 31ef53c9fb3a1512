"""Question sets as YAML for people to correct: what `read_questions` reads, with comments on what to check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import yaml

from eval.questions import Evidence, Fact, Question


def as_yaml(
    questions: Sequence[Question],
    *,
    head: Sequence[str] = (),
    checks: Mapping[str, Sequence[str]] | None = None,
    draft: bool = False,
) -> str:
    """The questions as YAML; `head` and, by question id, `checks` become comments. ValueError for offsets.

    Evidence by offsets cannot be written: people quote.
    """
    lines = [f"# {line}".rstrip() for line in head]
    for question in questions:
        lines += ["", f"- question: {_scalar(question.question)}"]
        lines += [f"  # Check: {_one_line(check)}" for check in (checks or {}).get(question.id, ())]
        lines += [f"  {line}" for line in _fields(question, draft)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _fields(question: Question, draft: bool) -> Iterator[str]:
    yield f"id: {_scalar(question.id)}"
    yield f"type: {_scalar(question.type)}"
    if draft:
        yield "draft: true"
    if not question.answerable:
        yield "must_refuse: true"
    if question.facts:
        yield "must_cite:"
    for fact in question.facts:
        yield from (f"  {line}" for line in _fact(fact))
    if question.must_cite_voices:
        yield f"must_cite_voices: [{', '.join(question.must_cite_voices)}]"
    if question.must_cite_at_least:
        yield f"must_cite_at_least: {question.must_cite_at_least}"
    for name, text in (("reference", question.reference), ("note", question.note)):
        if text.strip():
            yield f"{name}: {_scalar(text)}"


def _fact(fact: Fact) -> Iterator[str]:
    lines: list[str] = []
    if len(fact.evidence) == 1:
        lines += _evidence(fact.evidence[0])
    else:
        lines.append("any:")
        for evidence in fact.evidence:
            first, *rest = _evidence(evidence)
            lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    quote = fact.evidence[0].quote if fact.evidence else ""
    if fact.fact.strip() and fact.fact != " ".join((quote or "").split()):
        lines.append(f"fact: {_scalar(fact.fact)}")
    if fact.keys:
        lines.append(f"keys: [{', '.join(_scalar(key, quoted=True) for key in fact.keys)}]")
    yield f"- {lines[0]}"
    yield from (f"  {line}" for line in lines[1:])


def _evidence(evidence: Evidence) -> list[str]:
    if evidence.quote is None:
        raise ValueError(f"evidence by offsets has no quote to write: {evidence}")
    return [
        f"quote: {_scalar(evidence.quote)}",
        *([f"in: {_scalar(evidence.doc)}"] if evidence.doc else []),
    ]


def _scalar(text: str, *, quoted: bool = False) -> str:
    """A text on one line: bare where YAML takes it for this text, else between quotation marks."""
    # A line break would need indenting; between double quotation marks it is written as \n.
    style = '"' if quoted or not text.isprintable() else None
    dumped = yaml.safe_dump(text, default_style=style, allow_unicode=True, width=2**31 - 1)
    return str(dumped).removesuffix("\n").removesuffix("\n...")


def _one_line(text: str) -> str:
    return " ".join(text.split())
