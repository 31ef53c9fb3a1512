"""Question sets in YAML, for people to write and edit: read into the same values, every problem with its line.

Only the tree of the file is taken from PyYAML, never its guesses at types: `quote: 333` and `id: 007` are text,
and every value still knows its line.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence

import yaml

from eval.json_sets import unknown_voice
from eval.questions import Entry, Evidence, Fact, Problem, Question, plain_words
from index import VOICES

_QUESTION = ("question", "id", "type", "reference", "note", "draft", "must_refuse", "must_cite",
             "must_cite_voices", "must_cite_at_least")  # fmt: skip
_ALTERNATIVE = ("quote", "in")
_FACT = (*_ALTERNATIVE, "any", "fact", "keys")
_ANSWERABLE, _UNANSWERABLE = "general", "unanswerable"
_ID_WORDS = 6
_TAG = "tag:yaml.org,2002:"

Fields = dict[str, yaml.Node]


def yaml_entries(raw: bytes, problems: list[Problem]) -> list[Entry]:
    """The questions of a file's bytes in order; what is wrong with the others is added to `problems`."""
    try:
        root = yaml.compose(raw.decode("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem(line, "not UTF-8; save the file as UTF-8"))
        return []
    except yaml.reader.ReaderError as error:
        line = raw.decode("utf-8")[: error.position].count("\n") + 1
        problems.append(
            Problem(line, f"holds the character {error.character!r}, which YAML forbids; delete it")
        )
        return []
    except yaml.MarkedYAMLError as error:
        problems.append(_not_yaml(error))
        return []
    except RecursionError:
        problems.append(Problem(1, "not a question set, nested too deeply"))
        return []
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        problems.append(
            Problem(_line(root), 'not a list of questions; begin each with "- question:" at the margin')
        )
        return []
    return [entry for node in root.value if (entry := _Reader(problems).entry(node))]


def question_id(question: str) -> str:
    """An id made of a question's words alone, so that it stays when other entries come and go.

    >>> question_id("Why were thresholds inconsistent?")
    'why-were-thresholds-inconsistent-8eed'
    """
    words = plain_words(question)
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:4]
    return "-".join([*words[:_ID_WORDS], digest])


class _Reader:
    """Reads one entry; what it finds wrong goes to `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def entry(self, node: yaml.Node) -> Entry | None:
        """The question, or None if anything is wrong with it."""
        before = len(self._problems)
        fields = self._fields(node, _QUESTION, 'a question: write "- question: ..."')
        if fields is None:
            return None
        text = self._text(fields, "question")
        if "question" not in fields:
            self._wrong(node, '"question" is missing; write what a person would ask')
        refuse, draft = self._flag(fields, "must_refuse"), self._flag(fields, "draft")
        facts, lines = self._facts(fields)
        voices, least = self._voices(fields), self._least(fields)
        promised = [name for name in fields if name.startswith("must_cite")]
        if refuse and promised:
            self._wrong(
                fields["must_refuse"],
                f'a question that must be refused cites nothing; delete "{promised[0]}" or "must_refuse"',
            )
        elif not (refuse or promised or draft) and len(self._problems) == before:
            self._wrong(
                node,
                'nothing is expected of the answer; add "must_cite" with a quote, or "must_refuse: true"',
            )
        question = Question(
            id=self._text(fields, "id") or question_id(text),
            question=text,
            type=self._text(fields, "type") or (_UNANSWERABLE if refuse else _ANSWERABLE),
            answerable=not refuse,
            facts=facts,
            reference=self._text(fields, "reference"),
            note=self._text(fields, "note"),
            must_cite_voices=voices,
            must_cite_at_least=least,
        )
        return None if len(self._problems) > before else Entry(question, _line(node), draft, lines)

    def _facts(self, fields: Fields) -> tuple[tuple[Fact, ...], dict[tuple[int, int], int]]:
        facts: list[Fact] = []
        lines: dict[tuple[int, int], int] = {}
        for number, node in enumerate(self._items(fields, "must_cite"), 1):
            fact, places = self._fact(node)
            facts.append(fact)
            lines[number, 0] = _line(node)
            lines |= {(number, n): _line(place) for n, place in enumerate(places, 1)}
        return tuple(facts), lines

    def _fact(self, node: yaml.Node) -> tuple[Fact, list[yaml.Node]]:
        """What has to be cited, with the node of each alternative's quote."""
        fields = self._quoted(node, _FACT)
        if "any" in fields:
            for name in set(_ALTERNATIVE) & set(fields):
                self._wrong(fields[name], f'write "{name}" under "any", beside each quote')
            found = [
                self._evidence(item, self._quoted(item, _ALTERNATIVE)) for item in self._items(fields, "any")
            ]
        else:
            found = [self._evidence(node, fields)]
        evidence = tuple(place for place, _ in found)
        name = self._text(fields, "fact") or " ".join((evidence[0].quote or "").split() if evidence else [])
        keys = tuple(self._key(key) for key in self._items(fields, "keys"))
        return Fact(name, evidence, keys), [place for _, place in found]

    def _quoted(self, node: yaml.Node, known: Sequence[str]) -> Fields:
        """The fields of a quote; one that is written by itself stands for its only field."""
        if isinstance(node, yaml.ScalarNode):
            return {"quote": node}
        return self._fields(node, known, 'a quote: write "- quote: ..."') or {}

    def _evidence(self, node: yaml.Node, fields: Fields) -> tuple[Evidence, yaml.Node]:
        if "quote" not in fields and isinstance(node, yaml.MappingNode):
            self._wrong(node, '"quote" is missing; copy the words from a document')
        evidence = Evidence(self._text(fields, "in"), quote=self._text(fields, "quote"))
        return evidence, fields.get("quote", node)

    def _fields(self, node: yaml.Node, known: Sequence[str], what: str) -> Fields | None:
        """A mapping's values by name, without those left empty; None if it is none."""
        if not isinstance(node, yaml.MappingNode):
            self._wrong(node, f"not {what}")
            return None
        fields: Fields = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)};"
                self._wrong(key, f'unknown field "{name}"; {hint} a text with ": " needs quotation marks')
            elif name in fields:
                self._wrong(key, f'"{name}" is given twice; keep one')
            elif value.tag != f"{_TAG}null":
                fields[name] = value
        return fields

    def _items(self, fields: Fields, name: str) -> Sequence[yaml.Node]:
        """A list's items; a single value counts as a list of one."""
        node = fields.get(name)
        if node is None:
            return []
        if isinstance(node, yaml.SequenceNode):
            if not node.value:
                self._wrong(node, f'"{name}" is an empty list; fill it, or delete it')
            return list(node.value)
        if isinstance(node, yaml.ScalarNode):
            return [node]
        self._wrong(node, f'"{name}" must be a list; begin each item with "- "')
        return []

    def _text(self, fields: Fields, name: str) -> str:
        node = fields.get(name)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(node, f'"{name}" must be text; put it in quotation marks')
            return ""
        if node.tag == f"{_TAG}null" or not node.value.strip():
            self._wrong(node, f'"{name}" is empty; fill it, or delete it')
        return str(node.value).strip()

    def _flag(self, fields: Fields, name: str) -> bool:
        node = fields.get(name)
        if node is not None and node.tag != f"{_TAG}bool":
            self._wrong(node, f'"{name}" must be true or false')
        return node is not None and str(node.value).lower() in ("true", "yes", "on")

    def _voices(self, fields: Fields) -> tuple[str, ...]:
        voices = []
        for node in self._items(fields, "must_cite_voices"):
            if node.value not in VOICES:
                self._wrong(node, unknown_voice(str(node.value)))
            voices.append(str(node.value))
        return tuple(voices)

    def _least(self, fields: Fields) -> int:
        node = fields.get("must_cite_at_least")
        if node is None:
            return 0
        if not (isinstance(node, yaml.ScalarNode) and re.fullmatch(r"[1-9]\d{0,8}", node.value, re.ASCII)):
            self._wrong(node, '"must_cite_at_least" must be a whole number of documents, from 1')
            return 1
        return int(node.value)

    def _key(self, node: yaml.Node) -> str:
        key = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        if not all(way.strip() for way in key.split("|")):
            self._wrong(node, 'each of "keys" must be text, with nothing empty between "|"')
        return key

    def _wrong(self, node: yaml.Node, sentence: str) -> None:
        self._problems.append(Problem(_line(node), sentence))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _not_yaml(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    told = error.problem or error.context or "it cannot be read"
    advice = 'check the indentation, and put a text that holds ": " or " #" in quotation marks'
    return Problem(mark.line + 1 if mark else 1, f"not YAML, {told}; {advice}")
