# The Go module: `make go` puts the prelinked static library and the header where cgo looks for them.
GO_NATIVE := bindings/go/native
# Go's build cache does not look at the library; a flag that names it makes it link again where it has changed.
GO_LDFLAGS = "-g -O2 -Wl,--defsym=hookbridge_library_$$(sha256sum $(CURDIR)/$(GO_NATIVE)/libhookbridge.a | cut -c1-16)=0"
GO = CGO_LDFLAGS=$(GO_LDFLAGS) go

.PHONY: go test-go

go: lib
	@tools/install go
	mkdir -p $(GO_NATIVE)
	cp $(LIB)/prelinked/libhookbridge.a include/hookbridge.h $(GO_NATIVE)/
	cd bindings/go && $(GO) build ./...
	cd tests/conformance/drivers/go && $(GO) build -o ../../../../target/conformance-go .

test-go: go
	@test -z "$$(cd bindings/go && gofmt -l .)" || (cd bindings/go && gofmt -d . && false)
	@test -z "$$(cd tests/conformance/drivers/go && gofmt -l .)" || (cd tests/conformance/drivers/go && gofmt -d . && false)
	cd bindings/go && $(GO) vet ./... && $(GO) test ./...
	cd bindings/go && $(GO) test -race -run 'Goroutines|Context|Events|Cancelled|Close' .
	cd tests/conformance/drivers/go && $(GO) vet .
