module github.com/hookbridge/hookbridge/tests/conformance/drivers/go

go 1.26

require github.com/hookbridge/hookbridge/bindings/go/v3 v3.0.0

replace github.com/hookbridge/hookbridge/bindings/go/v3 => ../../../../bindings/go
