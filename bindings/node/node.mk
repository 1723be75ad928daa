# The Node package. `NODE_PROFILE=dev` builds faster and runs slower.
.PHONY: node test-node node-modules
NODE_DIR := bindings/node
NODE_TOOLS := node npm
NODE_PROFILE ?= release
NODE_PLATFORM := linux-$(if $(filter aarch64,$(shell uname -m)),arm64,x64)-gnu
NODE_OUTPUT := target/$(if $(filter dev,$(NODE_PROFILE)),debug,$(NODE_PROFILE))

node: $(if $(filter dev,$(NODE_PROFILE)),debug)
	@tools/install $(NODE_TOOLS)
ifndef BUILT
	$(if $(filter dev,$(NODE_PROFILE)),,cargo build --quiet --profile $(NODE_PROFILE) --package hookbridge-node)
	# Another file under the name: a process that has the old one loaded keeps it.
	cp $(NODE_OUTPUT)/libhookbridge_node.so $(NODE_DIR)/hookbridge.new
	mv $(NODE_DIR)/hookbridge.new $(NODE_DIR)/hookbridge.$(NODE_PLATFORM).node
endif

$(NODE_DIR)/node_modules/.package-lock.json: $(NODE_DIR)/package.json
	@tools/install $(NODE_TOOLS)
	cd $(NODE_DIR) && npm install --no-audit --no-fund --silent --omit=optional
	touch $@

test-node: node $(NODE_DIR)/node_modules/.package-lock.json
	cd $(NODE_DIR) && npx eslint . && npx prettier --check --log-level warn . && npx tsc --noEmit -p tsconfig.json
	cd $(NODE_DIR) && node --test test/*.test.js
