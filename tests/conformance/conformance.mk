# One suite for every language: the scenarios, played with each language's driver.
CONFORMANCE := tests/conformance
DRIVERS := target/conformance

.PHONY: test-conformance conformance-c

conformance-c: lib
	mkdir -p $(DRIVERS)
	gcc -std=gnu11 -Wall -Wextra -Werror -O1 -o $(DRIVERS)/c $(CONFORMANCE)/drivers/c/driver.c -I include \
	    $(LIB)/prelinked/libhookbridge.a -lcjson -lpthread -ldl -lm

# What each language adds to the table: NAME=COMMAND.
CONFORMANCE_DRIVERS := --driver "rust=target/debug/conformance-rust" \
    --driver "c=$(DRIVERS)/c $(CONFORMANCE)/operations.json" \
    --driver "python=$(PY)/python $(CONFORMANCE)/drivers/python/driver.py" \
    --driver "node=node $(CONFORMANCE)/drivers/node/driver.js" \
    $(RUBY_DRIVER) \
    --driver "kotlin=$(CONFORMANCE)/drivers/kotlin/run"

test-conformance: conformance-c python node ruby kotlin-driver
	cargo build --quiet --package hookbridge-tests --bins --package hookbridge-sidecar
	target/debug/conformance $(CONFORMANCE_DRIVERS)
