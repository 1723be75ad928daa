// Package native has the static library and its header, which `make go` puts beside this file.
//
// It is a package so that `go mod vendor` takes them along, and it embeds them so that the go command links a program
// anew when they have changed. The linker leaves out what nobody reads: a program is no larger for it.
package native

import "embed"

//go:embed libhookbridge.a hookbridge.h
var files embed.FS

var _ = files
