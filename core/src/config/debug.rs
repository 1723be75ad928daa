//! Settings as they are shown to whoever looks for a mistake: without the password of a database.

use std::fmt;

use super::Config;
use super::database_url::DatabaseUrl;

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Named one by one, so that none is forgotten.
        let Self {
            database,
            durability,
            delivery,
            allow_local_endpoints,
            verify_dns,
            strict_event_types,
            validate_payloads,
            max_in_flight,
            max_in_flight_per_endpoint,
            request_timeout,
            connect_timeout,
            retry_schedule,
            max_attempts,
            payload_retention,
            row_retention,
            max_payload_bytes,
            memory_budget_bytes,
            max_exports,
            max_export_bytes,
            exit_timeout,
            ca_file,
            server,
        } = self;
        let mut shown = f.debug_struct("Config");
        match DatabaseUrl::of(database) {
            Some(url) => shown.field("database", &url),
            None => shown.field("database", database),
        };
        shown
            .field("durability", durability)
            .field("delivery", delivery)
            .field("allow_local_endpoints", allow_local_endpoints)
            .field("verify_dns", verify_dns)
            .field("strict_event_types", strict_event_types)
            .field("validate_payloads", validate_payloads)
            .field("max_in_flight", max_in_flight)
            .field("max_in_flight_per_endpoint", max_in_flight_per_endpoint)
            .field("request_timeout", request_timeout)
            .field("connect_timeout", connect_timeout)
            .field("retry_schedule", retry_schedule)
            .field("max_attempts", max_attempts)
            .field("payload_retention", payload_retention)
            .field("row_retention", row_retention)
            .field("max_payload_bytes", max_payload_bytes)
            .field("memory_budget_bytes", memory_budget_bytes)
            .field("max_exports", max_exports)
            .field("max_export_bytes", max_export_bytes)
            .field("exit_timeout", exit_timeout)
            .field("ca_file", ca_file)
            .field("server", server)
            .finish()
    }
}
