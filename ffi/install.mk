# The C library: built once, its archive prelinked so that it neither lends nor borrows the symbols of the SQLite inside it,
# and installed with header, pkg-config file, guide and licences. `LIB_PROFILE=dev` builds faster and runs slower.
PREFIX ?= /usr/local
DESTDIR ?=
LIB_PROFILE ?= release
LIB = target/$(if $(filter dev,$(LIB_PROFILE)),debug,$(LIB_PROFILE))
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

.PHONY: lib command install install-built test-c

command:
	cargo build --release -p hookbridge-sidecar

lib: $(if $(filter dev,$(LIB_PROFILE)),debug)
ifndef BUILT
	$(if $(filter dev,$(LIB_PROFILE)),,cargo build --quiet --profile $(LIB_PROFILE) --package hookbridge-ffi)
	ln -sf libhookbridge.so $(LIB)/libhookbridge.so.0
	rm -rf $(LIB)/prelinked && mkdir -p $(LIB)/prelinked
	cd $(LIB)/prelinked && grep -ohE 'hookbridge_[a-z_]+\(' $(CURDIR)/include/hookbridge.h | tr -d '(' | sort -u > symbols \
	    && ld -r --whole-archive ../libhookbridge.a -o all.o \
	    && objcopy --keep-global-symbols=symbols --remove-section=.llvmbc --remove-section=.llvmcmd --strip-debug all.o hookbridge.o \
	    && ar rcs libhookbridge.a hookbridge.o && rm all.o hookbridge.o symbols
endif

install: lib command
	$(MAKE) --no-print-directory install-built

# What was built, and the command that INSTALLED_COMMAND names.
INSTALLED_COMMAND ?= $(LIB)/hookbridge
install-built:
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(INSTALLED_COMMAND) $(DESTDIR)$(PREFIX)/bin/
	$(INSTALLED_COMMAND) man --output $(DESTDIR)$(PREFIX)/share/man/man1
	$(INSTALLED_COMMAND) completions bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hookbridge
	$(INSTALLED_COMMAND) completions zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hookbridge
	$(INSTALLED_COMMAND) completions fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/hookbridge.fish
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 644 include/hookbridge.h $(DESTDIR)$(PREFIX)/include/
	install -m 755 $(LIB)/libhookbridge.so $(DESTDIR)$(PREFIX)/lib/libhookbridge.so.0
	ln -sf libhookbridge.so.0 $(DESTDIR)$(PREFIX)/lib/libhookbridge.so
	install -m 644 $(LIB)/prelinked/libhookbridge.a $(DESTDIR)$(PREFIX)/lib/
	install -d $(DESTDIR)$(PREFIX)/share/doc/hookbridge/examples
	install -m 644 ffi/README.md LICENSE-APACHE LICENSE-MIT $(DESTDIR)$(PREFIX)/share/doc/hookbridge/
	install -m 644 ffi/examples/* $(DESTDIR)$(PREFIX)/share/doc/hookbridge/examples/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' include/hookbridge.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/hookbridge.pc

test-c: lib debug
	HOOKBRIDGE_LIB=$(LIB) HOOKBRIDGE_COMMAND=$(COMMAND) tests/c/run.sh
