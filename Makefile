# Two commands do it all on a fresh Debian 12+ or Ubuntu 24.04+: make plan, make test. Then: make app.
RUN := .venv/bin

.PHONY: help setup setup-tests plan test check app bench bench-sdm bench-reserve datapack screenshots wheel
help:
	@grep -E '^#: ' Makefile | sed 's/^#: //'
#: make setup       install what is missing (system packages, .venv)
setup:
	@bash scripts/setup.sh
setup-tests:
	@bash scripts/setup.sh tests
#: make plan        run the main job on the built-in data
plan: setup
	@$(RUN)/landbridge plan
#: make test        run the checks and every test
test: setup-tests check
	@QT_QPA_PLATFORM=offscreen $(RUN)/python -m pytest -q --numprocesses 2 --dist worksteal
#: make check       lint, types, import rules
check: setup
	@$(RUN)/ruff format --check --no-cache . && $(RUN)/ruff check --no-cache . && $(RUN)/mypy && $(RUN)/lint-imports
#: make app         open the window
app: setup
	@$(RUN)/landbridge app
#: make datapack    rebuild resources/default (needs the extra "datapack" and qgis-common)
datapack: setup
	@$(RUN)/python -m scripts.datapack
#: make bench       measure, each beside a peer in the same run (installs the peers)
bench: setup
	@$(RUN)/python -c 'import elapid, networkx, skimage, xrspatial' 2>/dev/null || $(RUN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	@$(RUN)/python -m benchmarks
#: make bench-sdm   rate the habitat models on the NCEAS data, beside published tools
bench-sdm: setup
	@$(RUN)/python -m benchmarks.sdm
#: make bench-reserve choose planning units, beside plain HiGHS (about 20 minutes)
bench-reserve: setup
	@$(RUN)/python -m benchmarks.reserve
#: make screenshots write the pictures of the README and of the guide
screenshots: setup
	@for script in screenshots guide_pictures; do \
	if command -v xvfb-run >/dev/null; then xvfb-run -a -s "-screen 0 1600x1000x24" $(RUN)/python -m scripts.$$script; \
	else QT_QPA_PLATFORM=offscreen $(RUN)/python -m scripts.$$script; fi || exit 1; done
#: make wheel       build the wheel into dist/
wheel: setup
	@rm -rf build && $(RUN)/python -m build --wheel && rm -rf build
