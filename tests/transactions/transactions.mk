# Each language's `transaction` argument, with its drivers, a server of PostgreSQL and a file of SQLite. Debian has what would be slow to build.
TRANSACTION_TOOLS := postgres +ruby-pg +ruby-activerecord +ruby-sqlite3 +php-pgsql +php-sqlite3 +php-doctrine-dbal +php-illuminate-database

.PHONY: test-transactions

test-transactions: debug python node ruby php go kotlin-driver
	@tools/install $(TRANSACTION_TOOLS)
	HOOKBRIDGE_COMMAND=$(COMMAND) tests/transactions/run
