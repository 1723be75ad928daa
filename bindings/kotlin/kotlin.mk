# The Kotlin module: the library, the sources that uniffi writes from it, and Maven for the rest. `KOTLIN_PROFILE=dev`
# builds faster and runs slower.
KOTLIN := bindings/kotlin
# What it fetches stays in the clone.
MVN := mvn -q -B -Dmaven.repo.local=$(CURDIR)/$(KOTLIN)/target/m2
KOTLIN_PROFILE ?= release
KOTLIN_OUTPUT = target/$(if $(filter dev,$(KOTLIN_PROFILE)),debug,$(KOTLIN_PROFILE))

.PHONY: kotlin test-kotlin kotlin-driver

kotlin:
	cargo build --quiet --profile $(KOTLIN_PROFILE) --package hookbridge-uniffi
	cargo run --quiet --manifest-path $(KOTLIN)/bindgen/Cargo.toml --target-dir target/bindgen -- \
	    generate --library $(KOTLIN_OUTPUT)/libhookbridge_uniffi.so \
	    --language kotlin --no-format --out-dir $(KOTLIN)/target/generated
	cargo run --quiet --manifest-path $(KOTLIN)/bindgen/Cargo.toml --target-dir target/bindgen -- \
	    generate --library $(KOTLIN_OUTPUT)/libhookbridge_uniffi.so \
	    --language swift --no-format --out-dir $(KOTLIN)/target/swift
	mkdir -p $(KOTLIN)/target/native/linux-x86-64
	cp $(KOTLIN_OUTPUT)/libhookbridge_uniffi.so $(KOTLIN)/target/native/linux-x86-64/

# The generator's tests and the module's own; then the packed jar in a clean project.
test-kotlin: kotlin
	cargo test --quiet --manifest-path $(KOTLIN)/bindgen/Cargo.toml --target-dir target/bindgen
	@tools/install mvn
	cd $(KOTLIN) && $(MVN) package
	python3 $(KOTLIN)/tests/packed.py $(KOTLIN)/target/m2

# The driver's class path, for the conformance suite.
kotlin-driver: kotlin
	@tools/install mvn
	cd $(KOTLIN) && $(MVN) test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
	mkdir -p target/conformance
	echo "$(CURDIR)/$(KOTLIN)/target/test-classes:$(CURDIR)/$(KOTLIN)/target/classes:$$(cat $(KOTLIN)/target/classpath)" > target/conformance/kotlin.classpath
