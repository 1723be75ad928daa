module github.com/hookbridge/hookbridge/tests/conformance/drivers/go

go 1.26

require github.com/hookbridge/hookbridge/bindings/go v0.0.0

replace github.com/hookbridge/hookbridge/bindings/go => ../../../../bindings/go
