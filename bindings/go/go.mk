# The Go module: `make go` puts the prelinked static library and the header where cgo looks for them.
GO_NATIVE := bindings/go/native

.PHONY: go test-go

go: lib
	@tools/install go
	mkdir -p $(GO_NATIVE)
	cp $(LIB)/prelinked/libhookbridge.a include/hookbridge.h $(GO_NATIVE)/
	cd bindings/go && go build ./...
	cd tests/conformance/drivers/go && go build -o ../../../../target/conformance-go .

test-go: go
	@test -z "$$(cd bindings/go && gofmt -l .)" || (cd bindings/go && gofmt -d . && false)
	@test -z "$$(cd tests/conformance/drivers/go && gofmt -l .)" || (cd tests/conformance/drivers/go && gofmt -d . && false)
	cd bindings/go && go vet ./... && go test ./...
	cd bindings/go && go test -race -run 'Goroutines|Context|Events|Cancelled|Close' .
	cd tests/conformance/drivers/go && go vet .
