# `make demo` shows HookBridge at work, `make test` proves it. Both install what is missing.
.PHONY: test test-rust lint fmt clean tools

test: tools lint test-rust test-c

include ffi/install.mk

# What a fresh Debian-like machine with Rust and Python 3 may lack.
tools:
	@tools/install

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

test-rust:
	cargo test --workspace

fmt:
	cargo fmt --all

clean:
	cargo clean
	rm -rf .venv
