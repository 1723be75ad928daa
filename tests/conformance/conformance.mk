# One suite for every language: the scenarios, played with each language's driver.
CONFORMANCE := tests/conformance
DRIVERS := target/conformance

# Where the outboxes are: `file`, or `postgres`, which starts a server and gives each scenario databases of its own.
CONFORMANCE_STORE ?= file
PLAY = target/debug/conformance --store $(CONFORMANCE_STORE)

.PHONY: conformance test-conformance test-conformance-all test-conformance-postgres conformance-c

conformance-c: lib
	mkdir -p $(DRIVERS)
	gcc -std=gnu11 -Wall -Wextra -Werror -O1 -o $(DRIVERS)/c $(CONFORMANCE)/drivers/c/driver.c -I include \
	    $(LIB)/prelinked/libhookbridge.a -lcjson -lpthread -ldl -lm

# What each language adds to the table: NAME=COMMAND.
CONFORMANCE_RUST := --driver "rust=target/debug/conformance-rust"
CONFORMANCE_DRIVERS := $(CONFORMANCE_RUST) \
    --driver "c=$(DRIVERS)/c $(CONFORMANCE)/operations.json" \
    --driver "python=$(PY)/python $(CONFORMANCE)/drivers/python/driver.py"
CONFORMANCE_BINDINGS := --driver "node=node $(CONFORMANCE)/drivers/node/driver.js" \
    $(RUBY_DRIVER) \
    --driver "go=target/conformance-go" \
    --driver "php=php $(CONFORMANCE)/drivers/php/driver.php" \
    --driver "kotlin=$(CONFORMANCE)/drivers/kotlin/run"

conformance: debug

test-conformance: conformance conformance-c python
	$(PLAY) $(CONFORMANCE_DRIVERS)

# All eight.
test-conformance-all: conformance conformance-c python node ruby go php kotlin-driver
	$(PLAY) $(CONFORMANCE_DRIVERS) $(CONFORMANCE_BINDINGS)

# What the store decides is the same in every language: the one that starts fastest is enough for `make test`.
test-conformance-postgres: conformance
	target/debug/conformance --store postgres $(CONFORMANCE_RUST)
