//go:build hookbridge_pkgconfig

package hookbridge

// The installed library, as `make install` leaves it.

// #cgo pkg-config: hookbridge
import "C"
