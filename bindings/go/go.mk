# The Go module: `make go` puts the prelinked static library and the header where cgo looks for them. They are embedded
# there (native/native.go), so that the go command links again where they have changed.
GO_NATIVE := bindings/go/native
GO_DRIVER := tests/conformance/drivers/go
GO_SOURCES := bindings/go $(GO_DRIVER) benches/programs/go tests/samples/go tests/transactions/go

# Where tools/install puts Go on a machine that has none.
export PATH := $(CURDIR)/target/venvs/go/bin:$(PATH)
GOFMT = $$(go env GOROOT)/bin/gofmt

.PHONY: go test-go

go: lib
	@tools/install go
ifndef BUILT
	cp $(LIB)/prelinked/libhookbridge.a include/hookbridge.h $(GO_NATIVE)/
	cd bindings/go && go build ./...
	cd $(GO_DRIVER) && go build -o ../../../../target/conformance-go .
endif

test-go: go
	@test -z "$$($(GOFMT) -l $(GO_SOURCES))" || ($(GOFMT) -d $(GO_SOURCES) && false)
	cd bindings/go && go vet ./... && go test ./...
	cd bindings/go && go test -race -run 'Goroutines|Context|Events|Cancelled|Close|Iterator' .
	cd $(GO_DRIVER) && go vet .
	cd tests/transactions/go && go vet .
