"""What stands of a language model's summaries: of its sentences how many were kept, and why the others were removed.

    PINCITE_LLM_URL=... PINCITE_LLM_MODEL=... python -m eval.bench.summaries QUESTIONS [--data DIR] [--most N]

Nothing here says whether a summary is good; what is kept has passed the checks of `pincite ask --summary`, no more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from eval.bench.prepared import sample
from eval.questions import read_questions
from index import PinciteError, UsageError
from qa import Answer, Service, Summary, language_model_of, summarised


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 2 no language model, or a source that cannot be read."""
    parser = argparse.ArgumentParser(description="What stands of a language model's summaries.")
    parser.add_argument("set", metavar="QUESTIONS")
    parser.add_argument("--data", default="pincite-data", metavar="DIR")
    parser.add_argument("--most", type=int, default=0, metavar="N", help="a sample of the questions; 0: all")
    options = parser.parse_args(arguments)
    try:
        model = language_model_of(os.environ)
        if model is None:
            raise UsageError("there is no language model: set PINCITE_LLM_URL and PINCITE_LLM_MODEL")
        questions = sample(list(read_questions(options.set)), options.most)
        with closing(Service.open(options.data)) as service:
            answers = (service.ask(question.question) for question in questions)
            for line in lines(summarised(answer, model) for answer in answers):
                print(line)
    except PinciteError as error:
        print(f"eval.bench.summaries: {error}", file=sys.stderr)
        return 2
    return 0


def lines(answers: Iterable[Answer]) -> Iterator[str]:
    """What is counted over answers that were summarised; those without quotes have no summary."""
    found: list[Summary] = [answer.summary for answer in answers if answer.summary]
    kept = sum(len(one.sentences) for one in found)
    why = Counter(reason for one in found for reason in one.why)
    yield f"{len(found)} answers, {sum(bool(one.sentences) for one in found)} with a summary"
    yield f"{kept + sum(why.values())} sentences, {kept} kept"
    for reason, count in sorted(why.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{count:6} removed: {reason}"
    # What was wrong with a reply as a whole, and not with its sentences.
    problems = Counter(one.problem for one in found if one.problem and not one.why)
    for problem, count in sorted(problems.items()):
        yield f"{count:6} {problem}"


if __name__ == "__main__":
    sys.exit(main())
