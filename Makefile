.DEFAULT_GOAL := test

# `make demo` shows HookBridge at work, `make test` proves it. Both install what is missing.
.PHONY: deps test generate check torture torture-cluster soak fuzz loom miri tsan demo bench bench-go bench-kotlin test-bindings test-rust test-python test-sdks test-samples test-openapi python debug lint advisories fmt clean tools

# Commands for Rust that would take minutes to build, in an environment of their own.
RUST_TOOLS := target/venvs/rust/bin
NEXTEST := $(RUST_TOOLS)/cargo-nextest
CARGO_NEXTEST = HOOKBRIDGE_COMMAND=$(COMMAND) $(NEXTEST) nextest

$(NEXTEST): tools/requirements.txt
	python3 -m venv target/venvs/rust
	$(RUST_TOOLS)/pip install --quiet --disable-pip-version-check --requirement tools/requirements.txt
	touch $@

# The tests' profile is built whole and at once: for each other choice of packages cargo would choose other features of
# what they share, and build that anew, the engine included. Ruby's extension is of it where Ruby's headers are.
EVERYTHING = --workspace --features hookbridge-python/extension-module $(if $(wildcard $(RUBY_HEADERS)),,--exclude hookbridge-ruby)
RUBY_HEADERS = $(shell ruby -e 'print RbConfig::CONFIG["rubyhdrdir"]' 2>/dev/null)/ruby.h
COMMAND := $(CURDIR)/target/debug/hookbridge

DEPS = curl strace postgres pgbouncer prometheus $(CONSOLE_TOOLS) $(NODE_TOOLS) $(RUBY_TOOLS) $(PHP_TOOLS) $(TRANSACTION_TOOLS) go mvn

# Everything is built, and then everything is run, so that no test competes with a compiler. Both side by side: builds of
# several target folders, and tests, which wait more than they work. BUILT says that nothing is to be built again.
# CONTRIBUTING.md says what takes how long.
JOBS ?= $(shell echo $$(($$(nproc) + 1)))
TOGETHER = $(MAKE) --no-print-directory --jobs=$(JOBS) --output-sync=target LIB_PROFILE=dev NODE_PROFILE=dev KOTLIN_PROFILE=dev PYTHON_PROFILE=dev RUBY_PROFILE=dev

# These install what the machine lacks, and say so; no other target does (tools/install).
deps test demo bench: export HOOKBRIDGE_INSTALL = yes

deps:
	@tools/install $(DEPS)

test:
	@tools/install $(DEPS)
	+@$(TOGETHER) lint lib debug ruby python kotlin-driver node go php
	+@$(TOGETHER) BUILT=yes test-rust test-ruby test-kotlin test-bindings test-openapi test-python test-sdks test-c test-console test-deploy
	@echo "all of it passed"

# What to run before every commit: format, lints, and the tests that take no time.
check: lint $(NEXTEST)
	$(CARGO_NEXTEST) run $(EVERYTHING) --test-threads $(TEST_THREADS) --profile quick

# The other languages, each by its own runner, and the conformance table of all eight.
test-bindings: tools test-node test-ruby test-go test-php test-kotlin test-samples test-transactions test-conformance-all test-conformance-postgres
	@echo "every binding passed"

include ffi/install.mk
include bindings/node/node.mk
include bindings/ruby/ruby.mk
include bindings/go/go.mk
include bindings/php/php.mk
include sidecar/console/console.mk
include deploy/deploy.mk
include tests/transactions/transactions.mk

# Whether anything is missing that every target needs.
tools:
	@tools/install

# Writes what the packages, the command and the documents repeat of the definition.
generate:
	cargo run --quiet --package hookbridge-generate

debug:
ifndef BUILT
	cargo build --quiet $(EVERYTHING) --all-targets
endif

lint: $(NEXTEST) debug lint-console
	tools/check-docs
	cargo fmt --all --check
	cargo fmt --manifest-path fuzz/Cargo.toml --check
	cargo clippy $(EVERYTHING) --all-targets -- -D warnings
	cargo clippy --package hookbridge-sidecar --no-default-features -- -D warnings
	target/debug/hookbridge-generate --check
	$(RUST_TOOLS)/cargo-deny check bans licenses sources

# Needs the internet, which `make test` does not.
advisories: $(NEXTEST)
	$(RUST_TOOLS)/cargo-deny check advisories

# More at once than there are processors, since most of them wait.
TEST_THREADS ?= $(shell echo $$((3 * $$(nproc))))

test-rust: debug $(NEXTEST)
	$(CARGO_NEXTEST) run $(EVERYTHING) --test-threads $(TEST_THREADS)
	MAKEFLAGS= cargo test --quiet $(EVERYTHING) --doc

# As long as it is told: how many kills, which histories.
KILLS ?= 1000
SEEDS ?= 10000..500000
torture:
	HOOKBRIDGE_KILLS=$(KILLS) cargo test --package hookbridge-tests --test crash -- --nocapture
	HOOKBRIDGE_SEEDS=$(SEEDS) cargo test --package hookbridge-core --lib simulation:: -- --nocapture

# Several processes on one PostgreSQL database for an hour, or as long as it is told: partitions turn, and tables stay small.
CLUSTER_SECONDS ?= 3600
torture-cluster:
	HOOKBRIDGE_CLUSTER_SECONDS=$(CLUSTER_SECONDS) cargo test --package hookbridge-tests --test cluster -- --nocapture --test-threads 1

# An hour of mixed load, or as long as it is told, ten minutes at least: memory, descriptors and the file must stay flat.
SOAK_SECONDS ?= 3600
soak:
	cargo run --release --quiet --package hookbridge-tests --bin soak -- $(SOAK_SECONDS)

# Arbitrary bytes at every door. What is found anew gathers in fuzz/found, what breaks in fuzz/artifacts.
FUZZ_SECONDS ?= 600
fuzz:
	cd fuzz && for target in endpoint_url header_rules call_json c_abi; do \
	    mkdir -p found/$$target && cargo +nightly fuzz run $$target found/$$target corpus/$$target seeds/$$target \
	        -- -max_total_time=$(FUZZ_SECONDS) || exit 1; \
	done

# The writer's queue in every order in which its threads can take turns.
loom:
	RUSTFLAGS="--cfg hookbridge_loom" cargo test --release --package hookbridge-core --lib --target-dir target/loom loom

# The engine's tests and SQLite's C beneath them, watched for data races. Needs the nightly toolchain with rust-src.
TSAN_TARGET := x86_64-unknown-linux-gnu
tsan:
	TSAN_OPTIONS="suppressions=$(CURDIR)/tools/tsan.supp" RUSTFLAGS=-Zsanitizer=thread \
	    CFLAGS_$(subst -,_,$(TSAN_TARGET))="-fsanitize=thread -g1" \
	    cargo +nightly test -Zbuild-std --target $(TSAN_TARGET) --target-dir target/tsan \
	        --package hookbridge-core --lib --tests

# What `unsafe` the interpreter can run: no SQLite, no network, no fork.
miri:
	cargo +nightly miri test --package hookbridge-atfork --package hookbridge-ffi --lib

VENV := .venv
PY := $(VENV)/bin

$(PY)/maturin: bindings/python/requirements-test.txt
	python3 -m venv $(VENV)
	$(PY)/pip install --quiet --requirement bindings/python/requirements-test.txt
	touch $@

include tests/conformance/conformance.mk bindings/kotlin/kotlin.mk

# Python that is not the package's, held to the same rules.
PYTHON_ELSEWHERE := --config bindings/python/pyproject.toml demo tests tests/samples/run tests/sdks/run tests/openapi/run tests/transactions/run tests/deploy/run

# `PYTHON_PROFILE=dev` builds faster and runs slower.
PYTHON_PROFILE ?= release
python: $(PY)/maturin
ifndef BUILT
	. $(PY)/activate && cd bindings/python && maturin develop --profile $(PYTHON_PROFILE) --quiet
endif

test-python: python debug
	@tools/install curl
	cd bindings/python && ../../$(PY)/ruff check . && ../../$(PY)/ruff format --check .
	$(PY)/ruff check $(PYTHON_ELSEWHERE) && $(PY)/ruff format --check $(PYTHON_ELSEWHERE)
	cd bindings/python && ../../$(PY)/mypy --strict python/hookbridge tests/sample_program.py examples
	cd bindings/python && ../../$(PY)/python -m mypy.stubtest hookbridge._hookbridge
	cd bindings/python && ../../$(PY)/basedpyright --level error --pythonpath ../../$(PY)/python tests/sample_program.py
	cd bindings/python && HOOKBRIDGE_COMMAND=$(COMMAND) HOOKBRIDGE_CARGO_PROFILE=$(PYTHON_PROFILE) ../../$(PY)/pytest -q

# Programs for the public SDKs: with the public packages against a sidecar, and with ours in their place.
test-sdks: debug python php
	HOOKBRIDGE_COMMAND=$(COMMAND) tests/sdks/run

# What is printed for those who begin: the hosted service's samples in every way to run, and each package's README.
test-samples: debug python node ruby go php kotlin-driver
	HOOKBRIDGE_COMMAND=$(COMMAND) tests/samples/run

# The server held to its own OpenAPI document, by examples that nobody thought of.
test-openapi: debug
	HOOKBRIDGE_COMMAND=$(COMMAND) tests/openapi/run

demo: tools python
	@tools/install curl
	cargo build --release --quiet --package hookbridge-sidecar
	$(PY)/python demo/demo.py

bench: python node ruby php bench-go bench-kotlin
	@tools/install strace
	cargo build --release --quiet --package hookbridge-sidecar
	cargo run --release --quiet --package hookbridge-benches

bench-go: go
	cd benches/programs/go && go build -o ../../../target/bench-go .

bench-kotlin: kotlin
	@tools/install mvn
	cd $(KOTLIN) && $(MVN) compile dependency:build-classpath -Dmdep.outputFile=target/runtime.classpath -Dmdep.includeScope=runtime
	echo "-cp \"$(CURDIR)/$(KOTLIN)/target/classes:$$(cat $(KOTLIN)/target/runtime.classpath)\"" > $(KOTLIN)/target/bench.classpath

fmt:
	cargo fmt --all
	cargo fmt --manifest-path fuzz/Cargo.toml
	$(PY)/ruff format bindings/python
	$(PY)/ruff format $(PYTHON_ELSEWHERE)

clean:
	cargo clean
	rm -rf $(VENV)
