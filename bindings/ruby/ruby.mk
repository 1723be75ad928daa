# Ruby's gem: `make ruby` builds it for the tree, `make test-ruby` proves it.
RUBY_ROOT := bindings/ruby
RUBY_TOOLS := ruby rake rubocop +ruby-dev +ruby-minitest +libclang-dev
RUBY_PROFILE ?= release
# In the target folder of all, since most of what it needs is built there.
RUBY_ENV = CARGO_TARGET_DIR=$(CURDIR)/target HOOKBRIDGE_CARGO_PROFILE=$(RUBY_PROFILE) HOOKBRIDGE_COMMAND=$(COMMAND)
RUBY_DRIVER := --driver "ruby=ruby -I$(CURDIR)/$(RUBY_ROOT)/lib tests/conformance/drivers/ruby/driver.rb"

.PHONY: ruby lint-ruby test-ruby conformance-ruby ruby-tools

ruby-tools:
	@tools/install $(RUBY_TOOLS)

ruby: ruby-tools
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet compile

lint-ruby: ruby
	cargo fmt --manifest-path $(RUBY_ROOT)/ext/hookbridge/Cargo.toml --check
	cd $(RUBY_ROOT) && cargo clippy --locked --quiet --manifest-path ext/hookbridge/Cargo.toml --target-dir $(CURDIR)/target \
	    --profile $(RUBY_PROFILE) -- -D warnings

test-ruby: lint-ruby ruby debug
	cd $(RUBY_ROOT) && rubocop --config .rubocop.yml --format quiet . ../../tests/conformance/drivers/ruby
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet test test:package

conformance-ruby: ruby conformance
	target/debug/conformance $(RUBY_DRIVER)
