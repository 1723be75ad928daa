package hookbridge

import "time"

// Option is a setting of a client. What is not given comes from its HOOKBRIDGE_ variable or its default.
type Option func(settings map[string]any)

// WithSetting sets a setting by its name in the README's table; durations are seconds.
func WithSetting(name string, value any) Option {
	return func(settings map[string]any) { settings[name] = value }
}

// WithDatabase names the outbox file, whose folder must exist. Beside WithBaseURL it makes a relay.
func WithDatabase(path string) Option { return WithSetting("database", path) }

// WithDurability is "full" (the default: a message survives a power cut) or "normal" (it survives the process).
func WithDurability(durability string) Option { return WithSetting("durability", durability) }

// WithDelivery is "auto" (the default) or "off": another process on the file delivers.
func WithDelivery(delivery string) Option { return WithSetting("delivery", delivery) }

// WithAllowLocalEndpoints permits http:// and loopback, private and link-local targets.
func WithAllowLocalEndpoints(allow bool) Option { return WithSetting("allow_local_endpoints", allow) }

// WithVerifyDNS says whether an endpoint's host must resolve when it is written.
func WithVerifyDNS(verify bool) Option { return WithSetting("verify_dns", verify) }

// WithMaxInFlight bounds the attempts under way at once, 1 to 10,000 (256).
func WithMaxInFlight(attempts int) Option { return WithSetting("max_in_flight", attempts) }

// WithMaxInFlightPerEndpoint bounds those to one endpoint, 1 to 10,000 (32).
func WithMaxInFlightPerEndpoint(attempts int) Option {
	return WithSetting("max_in_flight_per_endpoint", attempts)
}

// WithRequestTimeout is the time for one attempt, 10 ms to 10 minutes (30 s).
func WithRequestTimeout(timeout time.Duration) Option {
	return WithSetting("request_timeout", timeout.Seconds())
}

// WithConnectTimeout is the time for DNS, TCP and TLS of an attempt, 10 ms to 10 minutes (10 s).
func WithConnectTimeout(timeout time.Duration) Option {
	return WithSetting("connect_timeout", timeout.Seconds())
}

// WithRetrySchedule is a name, gaps in seconds, or gaps as "slow" and "fast" for both kinds of failure.
func WithRetrySchedule(schedule any) Option { return WithSetting("retry_schedule", schedule) }

// WithMaxAttempts bounds the attempts before a message is dead, 1 to 100 (8).
func WithMaxAttempts(attempts int) Option { return WithSetting("max_attempts", attempts) }

// WithPayloadRetentionHours is how long payloads are kept (720).
func WithPayloadRetentionHours(hours int) Option {
	return WithSetting("payload_retention_hours", hours)
}

// WithRowRetentionDays is how long messages and attempts are kept (90).
func WithRowRetentionDays(days int) Option { return WithSetting("row_retention_days", days) }

// WithMaxPayloadBytes bounds a payload, 1 byte to 1 MiB (1 MiB).
func WithMaxPayloadBytes(bytes int) Option { return WithSetting("max_payload_bytes", bytes) }

// WithMemoryBudgetBytes bounds the memory of waiting messages, 1 MiB to 16 GiB (64 MiB).
func WithMemoryBudgetBytes(bytes int64) Option { return WithSetting("memory_budget_bytes", bytes) }

// WithMaxExports bounds the exports kept at once, 1 to 10,000 (100); more are refused.
func WithMaxExports(number int) Option { return WithSetting("max_exports", number) }

// WithMaxExportBytes bounds the bytes of all files of exports together, 1 MiB to 16 TiB (10 GiB).
func WithMaxExportBytes(bytes int64) Option { return WithSetting("max_export_bytes", bytes) }

// WithCAFile names a PEM file of authorities trusted beside the system's.
func WithCAFile(path string) Option { return WithSetting("ca_file", path) }

// WithBaseURL names a server that speaks HookBridge's API, to work with instead of a file.
func WithBaseURL(url string) Option { return WithSetting("base_url", url) }

// WithSendURL is where messages are sent to, if elsewhere than to the base URL.
func WithSendURL(url string) Option { return WithSetting("send_url", url) }

// WithTimeout is the time for one request to a server, 10 ms to 10 minutes (30 s).
func WithTimeout(timeout time.Duration) Option { return WithSetting("timeout", timeout.Seconds()) }

// WithRetries is how often a failed request to a server is made again, 0 to 100 (3).
func WithRetries(retries int) Option { return WithSetting("retries", retries) }

// WithInsecureBaseURL permits http:// to other machines, over which the key travels in the clear.
func WithInsecureBaseURL(insecure bool) Option { return WithSetting("insecure_base_url", insecure) }
