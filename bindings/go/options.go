// Written by `hookbridge-generate`: change the definition, not this file.

package hookbridge

import "time"

// WithBaseURL sets base_url: a server that speaks HookBridge's API: "https://", or "http://" on this machine. With
// [WithDatabase] beside it, messages are committed to the file first and forwarded.
func WithBaseURL(url string) Option { return WithSetting("base_url", url) }

// WithSendURL sets send_url: where messages are sent to, if elsewhere. By default that of [WithBaseURL].
func WithSendURL(url string) Option { return WithSetting("send_url", url) }

// WithTimeout sets timeout: the time for one request to the server. 0.01 to 600 s; by default 30 s.
func WithTimeout(duration time.Duration) Option { return WithSetting("timeout", duration) }

// WithRetries sets retries: how often a request to the server is made again. 0 to 100; by default 3.
func WithRetries(number int) Option { return WithSetting("retries", number) }

// WithDatabase sets database: the outbox's file, in a folder that exists, or its database, as
// "postgresql://user@host/name". By default "hookbridge.db".
func WithDatabase(path string) Option { return WithSetting("database", path) }

// WithDurability sets durability: "full": an accepted message survives a power cut. "normal": it survives the process.
// By default "full".
func WithDurability(durability string) Option { return WithSetting("durability", durability) }

// WithDelivery sets delivery: "auto" delivers where no other process on the file does, "off" only accepts. By default
// "auto".
func WithDelivery(delivery string) Option { return WithSetting("delivery", delivery) }

// WithAllowLocalEndpoints sets allow_local_endpoints: permits "http://" and loopback, private and link-local targets.
// By default false.
func WithAllowLocalEndpoints(on bool) Option { return WithSetting("allow_local_endpoints", on) }

// WithVerifyDNS sets verify_dns: whether an endpoint's host must resolve when the endpoint is created or its URL
// changed. By default true.
func WithVerifyDNS(on bool) Option { return WithSetting("verify_dns", on) }

// WithStrictEventTypes sets strict_event_types: whether events of types that are not in the catalogue are refused. By
// default false.
func WithStrictEventTypes(on bool) Option { return WithSetting("strict_event_types", on) }

// WithValidatePayloads sets validate_payloads: whether events whose payload does not fit the schema of their type are
// refused. By default false.
func WithValidatePayloads(on bool) Option { return WithSetting("validate_payloads", on) }

// WithMaxInFlight sets max_in_flight: attempts under way at once. 1 to 10,000; by default 256.
func WithMaxInFlight(number int) Option { return WithSetting("max_in_flight", number) }

// WithMaxInFlightPerEndpoint sets max_in_flight_per_endpoint: attempts under way at once to one endpoint. 1 to 10,000;
// by default 32.
func WithMaxInFlightPerEndpoint(number int) Option {
	return WithSetting("max_in_flight_per_endpoint", number)
}

// WithRequestTimeout sets request_timeout: the time for one attempt. 0.01 to 600 s; by default 30 s.
func WithRequestTimeout(duration time.Duration) Option {
	return WithSetting("request_timeout", duration)
}

// WithConnectTimeout sets connect_timeout: the time for DNS, TCP and TLS together. 0.01 to 600 s; by default 10 s.
func WithConnectTimeout(duration time.Duration) Option {
	return WithSetting("connect_timeout", duration)
}

// WithRetrySchedule sets retry_schedule: when a failed message is tried again: a name, gaps, or gaps for both kinds of
// failure. By default "hookbridge".
func WithRetrySchedule(schedule RetrySchedule) Option { return WithSetting("retry_schedule", schedule) }

// WithMaxAttempts sets max_attempts: attempts before a message is given up. 1 to 100; by default 8.
func WithMaxAttempts(number int) Option { return WithSetting("max_attempts", number) }

// WithPayloadRetentionHours sets payload_retention_hours: hours that a payload is kept. 1 to 87,600; by default 720.
func WithPayloadRetentionHours(number int) Option {
	return WithSetting("payload_retention_hours", number)
}

// WithRowRetentionDays sets row_retention_days: days that a message's row is kept after it ended. 1 to 3,650; by
// default 90.
func WithRowRetentionDays(number int) Option { return WithSetting("row_retention_days", number) }

// WithMaxPayloadBytes sets max_payload_bytes: the largest payload that is taken. 1 to 1 MiB; by default 1 MiB.
func WithMaxPayloadBytes(bytes int64) Option { return WithSetting("max_payload_bytes", bytes) }

// WithMemoryBudgetBytes sets memory_budget_bytes: memory for messages that wait. 1 MiB to 16 GiB; by default 64 MiB.
func WithMemoryBudgetBytes(bytes int64) Option { return WithSetting("memory_budget_bytes", bytes) }

// WithExitTimeout sets exit_timeout: the time that [Client.Finish] waits for what this process has accepted to be
// delivered. 0 to 60 s; by default 2 s.
func WithExitTimeout(duration time.Duration) Option { return WithSetting("exit_timeout", duration) }

// WithCAFile sets ca_file: a PEM file of authorities that are trusted beside the system's.
func WithCAFile(path string) Option { return WithSetting("ca_file", path) }

// WithInsecureBaseURL sets insecure_base_url: permits "http://" to a server on another machine, over which the API key
// travels in the clear. By default false.
func WithInsecureBaseURL(on bool) Option { return WithSetting("insecure_base_url", on) }

// WithMaxExports sets max_exports: exports kept at once. Further ones are refused. 1 to 10,000; by default 100.
func WithMaxExports(number int) Option { return WithSetting("max_exports", number) }

// WithMaxExportBytes sets max_export_bytes: bytes of all files of exports together. 1 MiB to 16 TiB; by default 10 GiB.
func WithMaxExportBytes(bytes int64) Option { return WithSetting("max_export_bytes", bytes) }
