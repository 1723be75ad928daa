package hookbridge

import "encoding/json"

// Secret is the text of a key. No verb of package fmt shows it, wherever it stands: also in an unexported field of a
// struct, of which fmt calls no method. It is written to JSON as its text.
type Secret struct {
	// fmt follows no pointer below the first level.
	text *string
}

// Reveal is the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String says that something is hidden.
func (s Secret) String() string { return hidden }

// GoString is String.
func (s Secret) GoString() string { return hidden }

// MarshalJSON writes the text.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.Reveal()) }

// UnmarshalJSON reads a text.
func (s *Secret) UnmarshalJSON(document []byte) error {
	var text string
	if err := json.Unmarshal(document, &text); err != nil {
		return err
	}
	s.text = &text
	return nil
}
