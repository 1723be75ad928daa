# The Kotlin module: the library, the sources that uniffi writes from it, and Maven for the rest.
KOTLIN := bindings/kotlin

.PHONY: kotlin test-kotlin

kotlin:
	cargo build --quiet --package hookbridge-uniffi
	cargo run --quiet --manifest-path $(KOTLIN)/bindgen/Cargo.toml --target-dir target/bindgen -- \
	    generate --library target/debug/libhookbridge_uniffi.so --config $(KOTLIN)/uniffi.toml \
	    --language kotlin --no-format --out-dir $(KOTLIN)/target/generated
	cargo run --quiet --manifest-path $(KOTLIN)/bindgen/Cargo.toml --target-dir target/bindgen -- \
	    generate --library target/debug/libhookbridge_uniffi.so --config $(KOTLIN)/uniffi.toml \
	    --language swift --no-format --out-dir $(KOTLIN)/target/swift
	mkdir -p $(KOTLIN)/target/native/linux-x86-64
	cp target/debug/libhookbridge_uniffi.so $(KOTLIN)/target/native/linux-x86-64/

test-kotlin: kotlin
	@tools/install mvn
	cd $(KOTLIN) && mvn -q -B test
