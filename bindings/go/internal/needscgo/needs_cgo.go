//go:build !cgo

// Package needscgo does not compile, with an error that says why: HookBridge is a library in C's terms.
package needscgo

var _ = hookbridge_needs_cgo__set_CGO_ENABLED_to_1_and_install_a_C_compiler
