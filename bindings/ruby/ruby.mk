# The gem of Ruby: built for the tree with `make ruby`, tested with `make test-ruby`.
.PHONY: ruby test-ruby ruby-tools

RUBY_ROOT := bindings/ruby
RUBY_PROFILE ?= release
RUBY_ENV := HOOKBRIDGE_CARGO_PROFILE=$(RUBY_PROFILE)

ruby-tools:
	@tools/install ruby rake rubocop +ruby-dev +ruby-minitest +libclang-dev

ruby: ruby-tools
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet compile

test-ruby: ruby
	cargo fmt --manifest-path $(RUBY_ROOT)/ext/hookbridge/Cargo.toml --check
	cd $(RUBY_ROOT) && CARGO_TARGET_DIR=target cargo clippy --locked --quiet --manifest-path ext/hookbridge/Cargo.toml --all-targets \
	    --profile $(RUBY_PROFILE) -- -D warnings
	cd $(RUBY_ROOT) && rubocop
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet test
