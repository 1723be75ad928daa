# The PHP package: its classes, and beside them in `native` the library and the header that PHP's FFI reads.
.PHONY: php test-php

php: lib
	@tools/install php phpunit cgi-fcgi php-fpm
	mkdir -p bindings/php/native
	install -m 755 $(LIB)/libhookbridge.so bindings/php/native/libhookbridge.so.0
	install -m 644 include/hookbridge_ffi.h bindings/php/native/

test-php: php
	cargo build --quiet --package hookbridge-sidecar
	cd bindings/php && find . -name '*.php' -not -path './vendor/*' -print0 | xargs -0 -n 1 php -l >/dev/null
	cd bindings/php && HOOKBRIDGE_COMMAND=$(CURDIR)/target/debug/hookbridge phpunit
