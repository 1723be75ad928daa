# The console's page. Its built files are committed, so that a build of the command needs no Node.
.PHONY: console console-types lint-console test-console console-pictures console-ten-million
CONSOLE := sidecar/console
CONSOLE_TESTS := tests/console
CONSOLE_TOOLS := node npm chromium +fonts-dejavu-core +fonts-liberation
CONSOLE_BUILT := $(CONSOLE)/dist $(CONSOLE)/src/openapi.d.ts

$(CONSOLE)/node_modules/.package-lock.json: $(CONSOLE)/package-lock.json
	@tools/install node npm
	cd $(CONSOLE) && npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

$(CONSOLE_TESTS)/node_modules/.package-lock.json: $(CONSOLE_TESTS)/package-lock.json
	@tools/install $(CONSOLE_TOOLS)
	cd $(CONSOLE_TESTS) && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

# The types of the API, from the command's own document.
console-types: debug $(CONSOLE)/node_modules/.package-lock.json
	@mkdir -p target/console
	$(COMMAND) openapi > target/console/openapi.json
	cd $(CONSOLE) && npx openapi-typescript ../../target/console/openapi.json -o src/openapi.d.ts >/dev/null

console: console-types
	cd $(CONSOLE) && node build.mjs

# Fails where the built files are not those of the sources.
lint-console: debug $(CONSOLE)/node_modules/.package-lock.json $(CONSOLE_TESTS)/node_modules/.package-lock.json
	cd $(CONSOLE) && npx tsc --noEmit && npx biome check --error-on-warnings
	cd $(CONSOLE_TESTS) && npx tsc --noEmit && ../../$(CONSOLE)/node_modules/.bin/biome check --error-on-warnings
	@rm -rf target/console/before && mkdir -p target/console/before && cp -rp $(CONSOLE_BUILT) target/console/before/
	+@$(MAKE) --no-print-directory console
	@for built in $(CONSOLE_BUILT); do \
	    diff -rq "target/console/before/$$(basename $$built)" "$$built" || { \
	        echo "$$built was not what its sources make: commit what \`make console\` made"; exit 1; }; \
	done
	@# As old as they were: cargo would embed them anew.
	@cp -rp target/console/before/dist/. $(CONSOLE)/dist/

# A real sidecar, real receivers and a real browser.
test-console: debug $(CONSOLE_TESTS)/node_modules/.package-lock.json
	cd $(CONSOLE_TESTS) && HOOKBRIDGE_COMMAND=$(COMMAND) npx playwright test

# Takes the pictures that the tests compare with anew.
console-pictures: debug $(CONSOLE_TESTS)/node_modules/.package-lock.json
	cd $(CONSOLE_TESTS) && HOOKBRIDGE_COMMAND=$(COMMAND) CONSOLE_PICTURES=write npx playwright test pictures

# How soon the pages have their rows on ten million messages; the file takes 1.4 GB while it runs.
console-ten-million: $(CONSOLE_TESTS)/node_modules/.package-lock.json
	cargo build --release --quiet --package hookbridge-sidecar --package hookbridge-benches
	@mkdir -p target/console && rm -f target/console/ten-million.db*
	target/release/hookbridge-benches console-file target/console/ten-million.db
	cd $(CONSOLE_TESTS) && HOOKBRIDGE_COMMAND=$(CURDIR)/target/release/hookbridge \
	    HOOKBRIDGE_TEST_TEN_MILLION=$(CURDIR)/target/console/ten-million.db npx playwright test ten-million --workers=1
	@rm -f target/console/ten-million.db*
