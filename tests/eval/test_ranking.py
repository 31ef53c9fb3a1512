"""Ranking measures against pytrec_eval itself, on runs as engines make them: tied scores, missing queries."""

import random

import pytest

from eval.beir import score_runs


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_trec_eval_scores_as_trec_eval_does(seed):
    """trec_eval sorts by score and breaks ties by the higher id: served in that order, the numbers are its own."""
    import pytrec_eval

    chance = random.Random(1000 + seed)
    documents = [f"d{n:03}" for n in range(150)]
    queries = [f"q{n}" for n in range(30)]
    qrels = {
        q: {d: chance.choice([0, 0, 1, 2, 3]) for d in chance.sample(documents, chance.randint(1, 30))}
        for q in queries
    }
    runs = {
        # Four scores for up to 120 documents: nearly everything is tied. A fifth of the queries is missing.
        q: {d: float(chance.randint(1, 4)) for d in chance.sample(documents, chance.randint(1, 120))}
        for q in queries
        if chance.random() < 0.8
    }
    served = {q: sorted(run, key=lambda d, run=run: (run[d], d), reverse=True) for q, run in runs.items()}
    mine = score_runs(qrels, served)
    assert set(mine) == set(qrels)
    names = {"ndcg_cut_10": "ndcg@10", "recall_10": "recall@10", "recall_100": "recall@100"}
    theirs = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut", "recall", "recip_rank"}).evaluate(runs)
    for q in queries:
        for theirs_name, name in names.items():
            assert mine[q][name] == pytest.approx(theirs.get(q, {}).get(theirs_name, 0.0), abs=1e-9)
        rank = theirs.get(q, {}).get("recip_rank", 0.0)
        assert mine[q]["rr@10"] == pytest.approx(rank if rank >= 0.1 else 0.0, abs=1e-9)
