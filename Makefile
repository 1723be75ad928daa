# `make demo` shows HookBridge at work, `make test` proves it. Both install what is missing.
.PHONY: test test-rust lint fmt clean

test: lint test-rust

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

test-rust:
	cargo test --workspace

fmt:
	cargo fmt --all

clean:
	cargo clean
