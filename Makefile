# `make help` lists what there is. `setup` does all the rest needs, and only what has changed.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
SAY := @printf '\033[1m→ %s\033[0m\n'

rust := $(shell find wasm -path wasm/target -prune -o \( -name '*.rs' -o -name '*.wit' -o -name '*.toml' -o -name Cargo.lock \) -print)
script := $(shell find src style schema -path src/generated -prune -o -type f -print)

.PHONY: help setup demo lab lite test lite-test ui-test corpus bench wheel lint clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is needed into .venv and node_modules, build the modules and the page's part
	@tools/needs $(PYTHON)
	@$(MAKE) --no-print-directory -j2 build/environment build/modules
	@$(MAKE) --no-print-directory build/page build/chromium
	$(SAY) 'ready: make demo, make test'

demo: setup ## real photographs through one component in the kernel, Node and Chromium; a report opens
	@$(BIN)/python examples/demo.py

lab: setup ## JupyterLab with the extension, on a copy of examples/ (ARGS='--no-browser --port 8890')
	@$(BIN)/python tools/lab.py $(ARGS)

lite: setup build/site ## JupyterLite with wasmcell as a static site, in build/site
	@cat build/lite/report.txt

lite-test: lite ## tests of that site in a real browser, without its server, too
	@$(BIN)/pytest ui-tests -m lite $(ARGS)

# Apart, as modules are built: what documents need would change the packer that pictures are tested with.
documents := -p wasmcell-pdf -p wasmcell-pdf-make
others := --workspace $(patsubst -p,--exclude,$(documents))

# Side by side, each process with engines of its own. The wheel is there before, as building it changes what others test.
test: setup build/wheel ## all tests but the slowest: those over the whole corpus, and some in a browser
	$(SAY) 'Rust: unit tests (compiling takes some minutes, the first time)'
	@cd wasm && cargo test --no-run $(others) && cargo test --quiet $(others)
	@cd wasm && cargo test --no-run $(documents) && cargo test --quiet $(documents)
	$(SAY) 'TypeScript: types and unit tests'
	@$(BIN)/jlpm check && $(BIN)/jlpm test
	$(SAY) 'Python, Node and Chromium: the same tests on every engine'
	@$(BIN)/pytest tests --numprocesses auto --maxprocesses 4 --dist worksteal -m 'not corpus' $(ARGS) || [ $$? = 5 ]
	$(SAY) 'JupyterLab and the vault in a browser, one after the other: it wants the machine for itself'
	@$(BIN)/pytest ui-tests -m 'not ui and not lite' $(ARGS) || [ $$? = 5 ]

ui-test: setup ## all tests in a real browser: JupyterLab, Notebook, the vault
	@$(BIN)/pytest ui-tests -m 'not lite' $(ARGS)

corpus: setup ## every file of ../shared/corpus on every engine
	@$(BIN)/pytest -m corpus $(ARGS)

bench: setup ## compare with real peers on this machine; writes docs/benchmarks.md
	@$(BIN)/python -m bench $(ARGS)

wheel: setup build/wheel ## one wheel and one sdist for every platform, in dist/
	@ls -l dist

lint: setup ## ruff, mypy, clippy, tsc, formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@cd wasm && cargo fmt --check && cargo clippy --quiet --all-targets -- -D warnings
	@$(BIN)/jlpm check

clean: ## remove all that was built or installed here
	rm -rf .venv node_modules bench/node_modules build dist report wasm/target src/generated wasmcell/static
	rm -f wasmcell/modules/*.{wasm,json,pyi} wasmcell/THIRD_PARTY_LICENSES.txt

# What follows are the parts of setup; a file in build/ says that one is done.

build/environment: pyproject.toml constraints.txt package.json yarn.lock
	$(SAY) 'Python: installing into .venv'
	@tools/venv $(PYTHON)
	@$(BIN)/pip install --quiet --progress-bar off --constraint constraints.txt --editable '.[dev]'
	$(SAY) 'JavaScript: installing into node_modules'
	@mkdir -p build
	@$(BIN)/jlpm install --immutable > build/jlpm.log 2>&1 || { cat build/jlpm.log; false; }
	@touch $@

build/modules: $(rust)
	$(SAY) 'Rust: building the modules (some minutes, the first time)'
	@cd wasm && cargo xtask build
	@mkdir -p build && touch $@

# The builder talks much; what it says is shown if it fails.
extension := $(BIN)/jupyter-builder build . > build/labextension.log 2>&1 && cp src/lab/install.json build/labextension \
  || { cat build/labextension.log; false; }

build/page: build/environment build/modules $(script) wasmcell/pipeline/extensions.json tsconfig.json
	$(SAY) 'TypeScript: glue of the modules, bundles for the page and Node, extension for JupyterLab'
	@node src/build/glue.mjs wasmcell/modules/*.wasm
	@$(BIN)/jlpm build
	@$(extension)
	@$(BIN)/python tools/link-extension.py
	@touch $@

build/chromium: build/environment
	$(SAY) 'Chromium: looking for one'
	@$(BIN)/python tools/chromium.py
	@touch $@

python := $(shell find wasmcell -name '*.py')

build/wheel: build/page $(python) README.md LICENSE
	$(SAY) 'wheel and sdist'
	@{ WASMCELL_RELEASE=1 $(BIN)/jlpm build && $(extension) && rm -rf dist && \
	  $(BIN)/python -m build --no-isolation --outdir dist .; } > build/wheel.log 2>&1; built=$$?; \
	  { $(BIN)/jlpm build && $(extension); } >> build/wheel.log 2>&1 && [ $$built = 0 ] \
	  || { cat build/wheel.log; exit 1; }
	@touch $@

# The site's tools want a newer Python than wasmcell does, and an environment of their own.
build/lite/environment: build/environment tools/lite/venv tools/lite/environment.txt
	$(SAY) 'JupyterLite: installing its tools into build/lite/venv'
	@mkdir -p build/lite
	@tools/lite/venv $(BIN)/uv build/lite/venv tools/lite/environment.txt
	@touch $@

build/lite/wheels: build/environment tools/lite/site.txt
	$(SAY) 'JupyterLite: the wheels of its Python'
	@rm -rf $@
	@$(BIN)/pip download --quiet --progress-bar off --no-deps --require-hashes --only-binary :all: --platform any \
	  --python-version 3.14 --dest $@ --requirement tools/lite/site.txt || { rm -rf $@; false; }
	@touch $@

# Always, as it takes seconds: what was deleted from examples/ is not to stay.
.PHONY: build/site
build/site: build/wheel build/lite/environment build/lite/wheels
	$(SAY) 'JupyterLite: building the site'
	@$(BIN)/uv pip install --quiet --no-deps --reinstall --python build/lite/venv dist/wasmcell-*.whl
	@build/lite/venv/bin/python -X utf8 tools/lite/build.py dist/wasmcell-*.whl node_modules/pyodide build/lite/wheels \
	  build/lite/scripts $@ > build/lite/report.txt 2> build/lite/build.log || { cat build/lite/build.log; rm -rf $@; false; }
