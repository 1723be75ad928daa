//go:build !cgo

package hookbridge

// A package that is built first, and so says first what is wrong.
import _ "github.com/hookbridge/hookbridge/bindings/go/v3/internal/needscgo"
