package hookbridge

import (
	"bytes"
	"encoding/json"
	"math"
	"time"
)

// RetrySchedule says when a failed message is tried again: by a name, or by the gaps between attempts, of which the
// last repeats. The zero value is no schedule of its own, and clears that of an endpoint.
type RetrySchedule struct {
	// Name is "hookbridge" or "standard-webhooks"; the gaps do not count beside it.
	Name string
	// Slow are the gaps after any failure but the answer 429; nil is those of "hookbridge".
	Slow []time.Duration
	// Fast are the gaps after the answer 429; nil is those of "hookbridge".
	Fast []time.Duration
}

// RetryAfterGaps is the schedule with these gaps after every failure.
func RetryAfterGaps(gaps ...time.Duration) RetrySchedule {
	return RetrySchedule{Slow: gaps, Fast: gaps}
}

// MarshalJSON writes the name, or the gaps in seconds.
func (s RetrySchedule) MarshalJSON() ([]byte, error) {
	if s.Name != "" {
		return json.Marshal(s.Name)
	}
	gaps := map[string][]float64{}
	for name, list := range map[string][]time.Duration{"slow": s.Slow, "fast": s.Fast} {
		if list != nil {
			gaps[name] = seconds(list)
		}
	}
	if len(gaps) == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(gaps)
}

// UnmarshalJSON reads a name, gaps in seconds for every failure, or both lists.
func (s *RetrySchedule) UnmarshalJSON(document []byte) error {
	*s = RetrySchedule{}
	switch document = bytes.TrimSpace(document); document[0] {
	case '"':
		return json.Unmarshal(document, &s.Name)
	case '[':
		var gaps []float64
		if err := json.Unmarshal(document, &gaps); err != nil {
			return err
		}
		// An empty list is none.
		if len(gaps) > 0 {
			*s = RetryAfterGaps(durations(gaps)...)
		}
		return nil
	}
	var gaps struct{ Slow, Fast []float64 }
	if err := json.Unmarshal(document, &gaps); err != nil {
		return err
	}
	s.Slow, s.Fast = durations(gaps.Slow), durations(gaps.Fast)
	return nil
}

func seconds(gaps []time.Duration) []float64 {
	list := make([]float64, len(gaps))
	for i, gap := range gaps {
		list[i] = gap.Seconds()
	}
	return list
}

func durations(gaps []float64) []time.Duration {
	if gaps == nil {
		return nil
	}
	list := make([]time.Duration, len(gaps))
	for i, gap := range gaps {
		list[i] = time.Duration(math.Round(gap * float64(time.Second)))
	}
	return list
}
