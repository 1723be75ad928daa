# Each language's `transaction` argument, with its drivers and a server of PostgreSQL. Debian has what would be slow to build.
TRANSACTION_TOOLS := postgres +ruby-pg +ruby-activerecord +php-pgsql +php-doctrine-dbal +php-illuminate-database

.PHONY: test-transactions

test-transactions: debug python node ruby php go kotlin-driver
	@tools/install $(TRANSACTION_TOOLS)
	HOOKBRIDGE_COMMAND=$(COMMAND) tests/transactions/run
