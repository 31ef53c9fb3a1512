"""Every pair that answers show as "sources differ", to be read.

    python -m eval.bench.differences eval/sets/casebook.jsonl --data DIR

How many of them do differ is for a person to say: no key of a question set knows it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing

from eval.questions import read_questions
from index import PinciteError, clean
from qa import Service


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the pairs, each once, and how many answers show one."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.differences", description=__doc__)
    parser.add_argument("questions", help="a question set")
    parser.add_argument("--data", default="./pincite-data", help="the folder that holds the index")
    given = parser.parse_args(arguments)
    told: set[frozenset[tuple[str, int]]] = set()
    showing, spent = 0, 0.0
    try:
        asked = read_questions(given.questions).questions
        with closing(Service.open(given.data)) as service:
            for question in asked:
                answer = service.ask(question.question)
                showing += bool(answer.differences)
                spent += answer.timings_ms["compare"]
                for one in answer.differences:
                    sides = (one.one, one.other)
                    place = frozenset((side.quote.doc_id, side.quote.start) for side in sides)
                    if place in told:
                        continue
                    told.add(place)
                    print(f"{question.id}: {one.kind}")
                    for side in sides:
                        source = side.citation.document.source_id
                        print(f"    {source} [{side.value}] {clean(side.quote.text)}")
    except PinciteError as error:
        print(error, file=sys.stderr)
        return 2
    each = spent / len(asked)
    print(f"{len(told)} pairs in {showing} of {len(asked)} answers; {each:.1f} ms a question")
    return 0


if __name__ == "__main__":
    sys.exit(main())
