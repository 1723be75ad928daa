# The PHP package: its classes, and beside them in `native` the library and the header that PHP's FFI reads.
.PHONY: php test-php
PHP_TOOLS := php phpunit composer phpcs cgi-fcgi php-fpm

php: lib
	@tools/install $(PHP_TOOLS)
ifndef BUILT
	mkdir -p bindings/php/native
	install -m 755 $(LIB)/libhookbridge.so bindings/php/native/libhookbridge.so.0
	install -m 644 include/hookbridge_ffi.h bindings/php/native/
endif

test-php: php debug
	cd bindings/php && find . -name '*.php' -not -path './vendor/*' -print0 | xargs -0 -n 1 php -l >/dev/null
	cd bindings/php && phpcs --standard=PSR12 --exclude=PSR1.Files.SideEffects src tests examples autoload.php preload.php ../../tests/conformance/drivers/php ../../tests/sdks/php_sdk.php ../../tests/transactions/php
	cd bindings/php && HOOKBRIDGE_COMMAND=$(COMMAND) phpunit
