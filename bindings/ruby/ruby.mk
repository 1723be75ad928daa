# Ruby's gem: `make ruby` builds it for the tree, `make test-ruby` proves it.
RUBY_ROOT := bindings/ruby
RUBY_PROFILE ?= release
RUBY_ENV := HOOKBRIDGE_CARGO_PROFILE=$(RUBY_PROFILE) HOOKBRIDGE_COMMAND=$(CURDIR)/target/debug/hookbridge
RUBY_DRIVER := --driver "ruby=ruby -I$(CURDIR)/$(RUBY_ROOT)/lib tests/conformance/drivers/ruby/driver.rb"

.PHONY: ruby test-ruby conformance-ruby ruby-tools

ruby-tools:
	@tools/install ruby rake rubocop +ruby-dev +ruby-minitest +libclang-dev

ruby: ruby-tools
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet compile

test-ruby: ruby
	cargo fmt --manifest-path $(RUBY_ROOT)/ext/hookbridge/Cargo.toml --check
	cd $(RUBY_ROOT) && cargo clippy --locked --quiet --manifest-path ext/hookbridge/Cargo.toml --target-dir target \
	    --profile $(RUBY_PROFILE) -- -D warnings
	cd $(RUBY_ROOT) && rubocop --config .rubocop.yml --format quiet . ../../tests/conformance/drivers/ruby
	cargo build --quiet --package hookbridge-sidecar
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet test test:package

conformance-ruby: ruby
	cargo build --quiet --package hookbridge-tests --bins --package hookbridge-sidecar
	target/debug/conformance $(RUBY_DRIVER)
