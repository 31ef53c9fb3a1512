"""Says which of the stored passages repeat an earlier one."""

from __future__ import annotations

from index.copies import Printed, copies
from index.store import Store


def link_copies(store: Store) -> None:
    """Links every passage that repeats an earlier one, in this document or another, to the earliest.

    Boilerplate and older editions are left out: the one repeats by nature, the others are no second source.
    """
    numbers: dict[str, int] = {}
    printed: list[Printed] = []
    for info in store.documents():
        for number, passage in store.passages_of(info.doc_id):
            if not passage.boilerplate:
                numbers[passage.passage_id] = number
                published = passage.published or info.published
                printed.append(Printed(passage.passage_id, info.doc_id, passage.text, published))
    store.link({numbers[copy]: origin for copy, origin in copies(printed).items()})
