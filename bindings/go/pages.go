package hookbridge

import (
	"context"
	"iter"
	"time"
)

// page is a page as the engine writes it: its items are in Data, those of the dead letter queue in Messages.
type page[T any] struct {
	Data       []T    `json:"data"`
	Messages   []T    `json:"messages"`
	HasMore    bool   `json:"has_more"`
	NextCursor string `json:"next_cursor"`
	// Of a list that may be looked through for a while.
	SearchedTo time.Time `json:"searched_to"`
}

// paged is a page that knows the next one, P being the type of its pointer.
type paged[T, P any] interface {
	comparable
	All() iter.Seq[T]
	NextPage(ctx context.Context) (P, error)
}

// pages ranges over the items of all pages from the first on.
func pages[T any, P paged[T, P]](ctx context.Context, first func() (P, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none P
		page, err := first()
		for ; err == nil && page != none; page, err = page.NextPage(ctx) {
			for item := range page.All() {
				if !yield(item, nil) {
					return
				}
			}
		}
		if err != nil {
			var nothing T
			yield(nothing, err)
		}
	}
}

// ofNoClient is what a page answers that was read from JSON, or made by hand.
func ofNoClient(method string) error {
	return refused(ErrInvalidRequest, "this page is of no client: give its NextCursor to "+method+" as Cursor")
}
