"""`python -m eval.train.draw`: groups without labels, drawn from any documents, for a teacher to score."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click
from tqdm import tqdm

from eval.bench.prepared import default_scratch, indexed
from eval.train.asking import MOST, pose
from eval.train.groups import Group, write_groups
from index import PinciteError, TransformerEmbedder, UsageError, open_store
from qa import Service


@click.command(
    epilog="""
\b
Example: python -m eval.train.draw eval/corpus --out drawn.jsonl --most 300
         python -m eval.train.teach rerankers/teacher --groups drawn.jsonl --out taught.jsonl
"""
)
@click.argument("documents", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path),
                metavar="DOCUMENTS...")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="FILE",
              help="Where the groups go, .jsonl.")  # fmt: skip
@click.option("--most", type=click.IntRange(1), default=MOST, show_default=True, metavar="NUMBER",
              help="How many questions at most, of each file or folder.")  # fmt: skip
@click.option("--scratch", type=click.Path(path_type=Path), default=default_scratch(), metavar="FOLDER",
              help="Where the index is kept.")  # fmt: skip
@click.option("--seed", type=int, default=7, show_default=True, metavar="NUMBER")
def main(documents: tuple[Path, ...], out: Path, most: int, scratch: Path, seed: int) -> None:
    """Ask files or folders of DOCUMENTS their own headings, first sentences, sentences with a gap and key words."""
    try:
        for folder in (scratch, out.parent):
            folder.mkdir(parents=True, exist_ok=True)
        embedder = TransformerEmbedder()
        drawn: list[Group] = []
        with tqdm(total=most * len(documents), unit="question", desc="drawing", mininterval=2) as bar:
            for source in documents:
                data = indexed(source, embedder, scratch)
                with closing(Service(open_store(data), embedder)) as service:
                    posed = pose(service, most, seed, lambda done, total: bar.update())
                if not posed:
                    raise UsageError(f"{source} asks nothing; name longer documents, or such with headings")
                drawn += [one.group for one in posed]
        write_groups(drawn, out)
    except (PinciteError, OSError) as error:
        click.echo(f"eval.train.draw: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
