# Ruby's gem: `make ruby` builds it for the tree, `make test-ruby` proves it. `RUBY_PROFILE=dev` builds faster and runs slower.
RUBY_ROOT := bindings/ruby
RUBY_TOOLS := ruby rake rubocop +ruby-dev +ruby-minitest +libclang-dev
RUBY_PROFILE ?= release
# The gem of the source is built in the target folder of all, since some of what it needs is built there.
RUBY_ENV = CARGO_TARGET_DIR=$(CURDIR)/target HOOKBRIDGE_CARGO_PROFILE=$(RUBY_PROFILE) HOOKBRIDGE_COMMAND=$(COMMAND) \
    $(if $(filter dev,$(RUBY_PROFILE)),HOOKBRIDGE_EXTENSION=$(CURDIR)/target/debug/libhookbridge_ext.so)
RUBY_DRIVER := --driver "ruby=ruby -I$(CURDIR)/$(RUBY_ROOT)/lib tests/conformance/drivers/ruby/driver.rb"

.PHONY: ruby test-ruby conformance-ruby ruby-tools

ruby-tools:
	@tools/install $(RUBY_TOOLS)

ruby: ruby-tools $(if $(filter dev,$(RUBY_PROFILE)),debug)
ifndef BUILT
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet compile
endif

test-ruby: ruby debug
	cd $(RUBY_ROOT) && rubocop --config .rubocop.yml --format quiet . ../../tests/conformance/drivers/ruby ../../tests/transactions/ruby
	cd $(RUBY_ROOT) && $(RUBY_ENV) rake --quiet test test:package

conformance-ruby: ruby conformance
	target/debug/conformance $(RUBY_DRIVER)
