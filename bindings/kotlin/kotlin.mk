# The Kotlin module: the library, the sources that uniffi writes from it, and Maven for the rest. `KOTLIN_PROFILE=dev`
# builds faster and runs slower.
KOTLIN := bindings/kotlin
# What it fetches stays in the clone.
MVN := mvn -q -B -Dmaven.repo.local=$(CURDIR)/$(KOTLIN)/target/m2
KOTLIN_PROFILE ?= release
KOTLIN_OUTPUT = target/$(if $(filter dev,$(KOTLIN_PROFILE)),debug,$(KOTLIN_PROFILE))

BINDGEN := target/debug/hookbridge-bindgen

.PHONY: kotlin test-kotlin kotlin-driver

kotlin: $(if $(filter dev,$(KOTLIN_PROFILE)),debug)
ifndef BUILT
	$(if $(filter dev,$(KOTLIN_PROFILE)),,cargo build --quiet --package hookbridge-bindgen)
	$(if $(filter dev,$(KOTLIN_PROFILE)),,cargo build --quiet --profile $(KOTLIN_PROFILE) --package hookbridge-uniffi)
	rm -rf $(KOTLIN)/target/generated $(KOTLIN)/target/classes $(KOTLIN)/target/test-classes
	$(BINDGEN) generate --library $(KOTLIN_OUTPUT)/libhookbridge_uniffi.so \
	    --language kotlin --no-format --out-dir $(KOTLIN)/target/generated
	$(BINDGEN) generate --library $(KOTLIN_OUTPUT)/libhookbridge_uniffi.so \
	    --language swift --no-format --out-dir $(KOTLIN)/target/swift
	mkdir -p $(KOTLIN)/target/native/linux-x86-64
	cp $(KOTLIN_OUTPUT)/libhookbridge_uniffi.so $(KOTLIN)/target/native/linux-x86-64/
endif

# The module's own tests, of the classes that are compiled already; then the packed jar in a clean project.
test-kotlin: kotlin-driver
	@tools/install mvn
	cd $(KOTLIN) && $(MVN) surefire:test jar:jar
	python3 $(KOTLIN)/tests/packed.py $(KOTLIN)/target/m2

# The driver for the conformance suite, which starts it 131 times: from archives, and with the classes of a short session as they lie in
# memory, which halves a start. They are copies, since Maven writes its own anew for each of its goals.
KOTLIN_DRIVER := target/conformance/kotlin
kotlin-driver: kotlin
	@tools/install mvn
ifndef BUILT
	cd $(KOTLIN) && $(MVN) test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath -Dmdep.includeScope=test
	rm -rf $(KOTLIN_DRIVER) && mkdir -p $(KOTLIN_DRIVER)
	cp -r $(KOTLIN)/target/native $(KOTLIN_DRIVER)/
	jar --create --file $(KOTLIN_DRIVER)/main.jar -C $(KOTLIN)/target/classes com -C $(KOTLIN)/target/classes META-INF
	jar --create --file $(KOTLIN_DRIVER)/test.jar -C $(KOTLIN)/target/test-classes .
	echo "$(CURDIR)/$(KOTLIN_DRIVER)/test.jar:$(CURDIR)/$(KOTLIN_DRIVER)/main.jar:$$(cat $(KOTLIN)/target/classpath)" > $(KOTLIN_DRIVER)/classpath
	tests/conformance/drivers/kotlin/run -XX:ArchiveClassesAtExit=$(KOTLIN_DRIVER)/classes.jsa -Xlog:cds=off \
	    < tests/conformance/drivers/kotlin/session.jsonl > $(KOTLIN_DRIVER)/session.log
	test "$$(grep -c '"ok"' $(KOTLIN_DRIVER)/session.log)" = "$$(grep -c . tests/conformance/drivers/kotlin/session.jsonl)"
endif
