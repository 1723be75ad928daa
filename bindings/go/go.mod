module github.com/hookbridge/hookbridge/bindings/go/v3

go 1.26
