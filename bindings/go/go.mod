module github.com/hookbridge/hookbridge/bindings/go

go 1.26
