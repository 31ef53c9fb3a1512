"""Says which of the stored passages repeat an earlier one; after a change, by looking only where it can matter."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from index.bands import band_keys
from index.copies import Place, moment, relink
from index.store import Store, Trace

_AT_ONCE = 2_000
"""How many new passages are in memory with their texts."""


def link_copies(store: Store) -> None:
    """Links every passage that repeats an earlier one, in this document or another, to the earliest.

    Boilerplate and older editions are left out: the one repeats by nature, the others are no second source. What was
    seen of each passage is kept by the store, so that a new document needs no look at the texts of all the others.
    """
    new, gone = store.untraced()
    if not new and not gone:
        return
    traces = _traces(store, new)

    def places(numbers: Collection[int]) -> dict[int, Place]:
        found = store.traces([number for number in numbers if number not in traces])
        found |= {number: traces[number] for number in numbers if number in traces}
        return {number: trace.place for number, trace in found.items()}

    def texts(numbers: Collection[int]) -> dict[int, str]:
        return {number: passage.text for number, passage in store.passages(sorted(numbers)).items()}

    keys = store.trace_keys() | {number: trace.keys for number, trace in traces.items()}
    store.link(relink(keys, new, gone, store.links(), places, texts), traces, gone)


def _traces(store: Store, numbers: Sequence[int]) -> dict[int, Trace]:
    """What is to be kept of new passages."""
    infos = {info.doc_id: info for info in store.documents()} if numbers else {}
    traces: dict[int, Trace] = {}
    for at in range(0, len(numbers), _AT_ONCE):
        passages = store.passages(numbers[at : at + _AT_ONCE])
        keys = band_keys(passage.text for passage in passages.values())
        for (number, passage), own in zip(passages.items(), keys, strict=True):
            info = infos[passage.doc_id]
            when = moment(passage.published or info.published)
            traces[number] = Trace(Place(when, info.source_id, passage.ordinal, passage.passage_id), own)
    return traces
