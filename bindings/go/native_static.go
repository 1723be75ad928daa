//go:build !hookbridge_pkgconfig

package hookbridge

// The static library and its header, put there by `make go`.

// #cgo CFLAGS: -I${SRCDIR}/native
// #cgo LDFLAGS: ${SRCDIR}/native/libhookbridge.a -lgcc_s -lutil -lrt -lpthread -lm -ldl
import "C"

import _ "github.com/hookbridge/hookbridge/bindings/go/v3/native"
