# The C library: built once in release, its archive prelinked so that it neither lends nor borrows the symbols of the
# SQLite inside it, and installed with header and pkg-config file.
PREFIX ?= /usr/local
DESTDIR ?=
LIB := target/release
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

.PHONY: lib install test-c

lib:
	cargo build --release -p hookbridge-ffi
	ln -sf libhookbridge.so $(LIB)/libhookbridge.so.0
	rm -rf $(LIB)/prelinked && mkdir -p $(LIB)/prelinked
	cd $(LIB)/prelinked && grep -ohE 'hookbridge_[a-z_]+\(' $(CURDIR)/include/hookbridge.h | tr -d '(' | sort -u > symbols \
	    && ld -r --whole-archive ../libhookbridge.a -o all.o \
	    && objcopy --keep-global-symbols=symbols --remove-section=.llvmbc --remove-section=.llvmcmd --strip-debug all.o hookbridge.o \
	    && ar rcs libhookbridge.a hookbridge.o && rm all.o hookbridge.o symbols

install: lib
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib/pkgconfig
	install -m 644 include/hookbridge.h $(DESTDIR)$(PREFIX)/include/
	install -m 755 $(LIB)/libhookbridge.so $(DESTDIR)$(PREFIX)/lib/libhookbridge.so.0
	ln -sf libhookbridge.so.0 $(DESTDIR)$(PREFIX)/lib/libhookbridge.so
	install -m 644 $(LIB)/prelinked/libhookbridge.a $(DESTDIR)$(PREFIX)/lib/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' include/hookbridge.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/hookbridge.pc

test-c: lib
	tests/c/run.sh
