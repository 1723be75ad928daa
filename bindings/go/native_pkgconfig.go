//go:build hookbridge_pkgconfig

package hookbridge

// The installed library, as `make install` leaves it: with what the archive needs, should only that be there.

// #cgo pkg-config: --static hookbridge
import "C"
