package hookbridge

import "bytes"

// BatchEvent is an event of [Client.SendEventBatch].
type BatchEvent struct {
	// The name of its type, such as "order.created".
	Type string `json:"type"`
	// Any value that encoding/json takes; a string becomes a JSON string. A json.RawMessage or []byte is a JSON document
	// that is sent byte for byte.
	Payload any `json:"payload"`
	// The rest of it.
	SendEventRequest
}

// several are the events of a batch.
type several []BatchEvent

// document is the request of a batch.
func (s several) document() ([]byte, error) {
	var text bytes.Buffer
	text.WriteString(`{"events":[`)
	for i, event := range s {
		document, err := written(event)
		if err != nil {
			return nil, ofBatch("events", i, err)
		}
		if i > 0 {
			text.WriteByte(',')
		}
		text.Write(document)
	}
	text.WriteString("]}")
	return text.Bytes(), nil
}
