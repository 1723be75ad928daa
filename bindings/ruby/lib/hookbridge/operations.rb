# Written by `hookbridge-generate`: change the definition, not this file.
# frozen_string_literal: true

class HookBridge
  # What is not given comes from its HOOKBRIDGE_ variable or its default.
  #
  # @param api_key [String, nil] What a server at +base_url+ lets its callers in by. In-process it is not needed:
  #   whoever can open the file may send.
  # @param base_url [String, nil] A server that speaks HookBridge's API: `https://`, or `http://` on this machine.
  #   With +database+ beside it, messages are committed to the file first and forwarded.
  # @param send_url [String, nil] Where messages are sent to, if elsewhere. By default +base_url+.
  # @param timeout [Numeric, nil] Seconds for one request to the server. By default 30.
  # @param retries [Integer, nil] How often a request to the server is made again. By default 3.
  # @param database [String, Pathname, nil] The outbox's file, in a folder that exists, or its database, as
  #   `postgresql://user@host/name`. By default +hookbridge.db+.
  # @param durability [String, nil] +full+: an accepted message survives a power cut. +normal+: it survives the
  #   process. By default +full+.
  # @param delivery [String, nil] +auto+ delivers where no other process on the file does, +off+ only accepts. By
  #   default +auto+.
  # @param allow_local_endpoints [Boolean, nil] Permits `http://` and loopback, private and link-local targets. By
  #   default false.
  # @param verify_dns [Boolean, nil] Whether an endpoint's host must resolve when the endpoint is created or its URL
  #   changed. By default true.
  # @param strict_event_types [Boolean, nil] Whether events of types that are not in the catalogue are refused. By
  #   default false.
  # @param validate_payloads [Boolean, nil] Whether events whose payload does not fit the schema of their type are
  #   refused. By default false.
  # @param max_in_flight [Integer, nil] Attempts under way at once. By default 256.
  # @param max_in_flight_per_endpoint [Integer, nil] Attempts under way at once to one endpoint. By default 32.
  # @param request_timeout [Numeric, nil] Seconds for one attempt. By default 30.
  # @param connect_timeout [Numeric, nil] Seconds for DNS, TCP and TLS together. By default 10.
  # @param retry_schedule [String, Array<Numeric>, Hash, nil] When a failed message is tried again: a name, gaps in
  #   seconds, or gaps for both kinds of failure. By default +hookbridge+.
  # @param max_attempts [Integer, nil] Attempts before a message is given up. By default 8.
  # @param payload_retention_hours [Integer, nil] Hours that a payload is kept. By default 720.
  # @param row_retention_days [Integer, nil] Days that a message's row is kept after it ended. By default 90.
  # @param max_payload_bytes [Integer, nil] The largest payload that is taken, in bytes. By default 1048576.
  # @param memory_budget_bytes [Integer, nil] Memory for messages that wait, in bytes. By default 67108864.
  # @param exit_timeout [Numeric, nil] Seconds that a normal exit without a close waits for what this process has
  #   accepted to be delivered. By default 2.
  # @param ca_file [String, Pathname, nil] A PEM file of authorities that are trusted beside the system's.
  # @param insecure_base_url [Boolean, nil] Permits `http://` to a server on another machine, over which the API key
  #   travels in the clear. By default false.
  # @param max_exports [Integer, nil] Exports kept at once. Further ones are refused. By default 100.
  # @param max_export_bytes [Integer, nil] Bytes of all files of exports together. By default 10737418240.
  # @raise [ValidationError] that names the setting that is wrong
  # @raise [ArgumentError] for a setting that there is not
  def initialize(
    api_key: nil, base_url: nil, send_url: nil, timeout: nil, retries: nil, database: nil, durability: nil,
    delivery: nil, allow_local_endpoints: nil, verify_dns: nil, strict_event_types: nil, validate_payloads: nil,
    max_in_flight: nil, max_in_flight_per_endpoint: nil, request_timeout: nil, connect_timeout: nil,
    retry_schedule: nil, max_attempts: nil, payload_retention_hours: nil, row_retention_days: nil,
    max_payload_bytes: nil, memory_budget_bytes: nil, exit_timeout: nil, ca_file: nil, insecure_base_url: nil,
    max_exports: nil, max_export_bytes: nil, **unknown
  )
    refuse_settings(unknown)
    open_engine(
      api_key:, base_url:, send_url:, timeout:, retries:, database:, durability:, delivery:, allow_local_endpoints:,
      verify_dns:, strict_event_types:, validate_payloads:, max_in_flight:, max_in_flight_per_endpoint:,
      request_timeout:, connect_timeout:, retry_schedule:, max_attempts:, payload_retention_hours:, row_retention_days:,
      max_payload_bytes:, memory_budget_bytes:, exit_timeout:, ca_file:, insecure_base_url:, max_exports:,
      max_export_bytes:
    )
  end

  # Accepts an event for every endpoint that wants it.
  #
  # Returns once the event and all its messages are on disk. An event that no endpoint wants is no error: it is kept,
  # and +matched+ is 0. Sending again with the same idempotency key, type and payload answers the first event.
  #
  # @param type [String] The name of its type, such as +order.created+.
  # @param payload [Object] Any JSON value of at most 1,048,576 bytes.
  # @param tenant [String, nil] The customer whose endpoints it goes to, at most 128 characters; absent for endpoints
  #   without a tenant.
  # @param headers [Hash{String => String}, nil] Sent with its deliveries, in place of the endpoint's headers of the
  #   same names. At most 50 headers and 8,192 bytes.
  # @param idempotency_key [String, nil] 1 to 255 of letters, digits, +_+, `-`. Within a tenant it names one event.
  # @param ordering_key [String, nil] Messages of one endpoint with this key are delivered one after another; at most
  #   255 characters.
  # @param deliver_at [Time, String, nil] Before when it is not delivered; at most a year ahead.
  # @param expires_at [Time, String, nil] After when it is not tried any more.
  # @param retention_hours [Integer, nil] How long the payload is kept, in hours; 0 drops it once all its messages are
  #   delivered.
  # @return [SendEventResponse]
  def send_event(
    type, payload, tenant: nil, headers: nil, idempotency_key: nil, ordering_key: nil, deliver_at: nil, expires_at: nil,
    retention_hours: nil
  )
    SendEventResponse.read(
      call(
        "events.send",
        type:, payload:, tenant:, headers: Requests.headers(headers), idempotency_key:, ordering_key:,
        deliver_at: Requests.time(:deliver_at, deliver_at), expires_at: Requests.time(:expires_at, expires_at),
        retention_hours:
      )
    )
  end

  # Accepts up to 1,000 events.
  #
  # All that are good are committed in one transaction with their messages. Each event has its result or its failure, in
  # order; one that is refused touches no other.
  #
  # @param events [Array<Hash>] At most 1,000, each as in {#send_event}.
  # @return [SendEventsResponse]
  def send_event_batch(events)
    SendEventsResponse.read(call("events.send_batch", events: Requests.several(:events, events, EVENT)))
  end

  # Lists events, newest first.
  #
  # A page of a filter may be short, even empty, and have more behind it: follow +next_cursor+.
  #
  # @param type [String, nil] Only events of this type.
  # @param tenant [String, nil] Only events of this tenant.
  # @param start_time [Time, String, nil] Only events accepted at this moment or later.
  # @param end_time [Time, String, nil] Only events accepted before this moment.
  # @param limit [Integer, nil] 1 to 500, 50 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the page before.
  # @return [ListEventsResponse]
  def list_events(type: nil, tenant: nil, start_time: nil, end_time: nil, limit: nil, cursor: nil)
    answer = call(
      "events.list",
      type:, tenant:, start_time: Requests.time(:start_time, start_time), end_time: Requests.time(:end_time, end_time),
      limit:, cursor:
    )
    ListEventsResponse.read(answer, "data") do |after|
      list_events(type:, tenant:, start_time:, end_time:, limit:, cursor: after)
    end
  end

  # The same as {#list_events}, over all pages: each is asked for when it is reached.
  #
  # @yieldparam item [EventRecord]
  # @return [Enumerator<EventRecord>, self] an enumerator where there is no block
  def iter_events(type: nil, tenant: nil, start_time: nil, end_time: nil, limit: nil, &block)
    return to_enum(:iter_events, type:, tenant:, start_time:, end_time:, limit:) unless block_given?

    list_events(type:, tenant:, start_time:, end_time:, limit:).walk(&block)
    self
  end

  # Shows an event with its messages.
  #
  # @param event_id [String] The event's id, `evt_...`.
  # @param limit [Integer, nil] How many of its messages are shown: 1 to 1,000, 100 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the answer before, for further messages.
  # @return [EventDetails]
  def get_event(event_id, limit: nil, cursor: nil)
    EventDetails.read(call("events.get", event_id:, limit:, cursor:))
  end

  # Makes the messages of events that an endpoint has missed.
  #
  # Those since a moment that it wants, has no message for, and whose payload is kept; the oldest first. Each call does
  # a bounded part: follow +next_cursor+.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @param since [Time, String] Only events accepted at this moment or later.
  # @param before [Time, String, nil] Only events accepted before this moment.
  # @param type [String, nil] Only events of this type.
  # @param rate [Integer, nil] Messages a second, 1 to 1,000: they are spread over the time that this takes. Absent is
  #   at once.
  # @param limit [Integer, nil] How many events one call replays: 1 to 1,000, 100 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the call before.
  # @param dry_run [Boolean, nil] Only says what would be done.
  # @return [ReplayEventsResult]
  def replay_events(endpoint_id, since, before: nil, type: nil, rate: nil, limit: nil, cursor: nil, dry_run: nil)
    ReplayEventsResult.read(
      call(
        "events.replay",
        endpoint_id:, since: Requests.time(:since, since), before: Requests.time(:before, before), type:, rate:, limit:,
        cursor:, dry_run:
      )
    )
  end

  # Says whether an endpoint would want an event like a sample.
  #
  # With the endpoint's own patterns and filter, or with others before they are written.
  #
  # @param type [String] The type of the sample.
  # @param payload [Object] The payload of the sample.
  # @param endpoint_id [String, nil] The endpoint whose patterns and filter are tried where none are given here.
  # @param event_types [Array<String>, nil] Patterns of types, in place of the endpoint's.
  # @param filter [Object, nil] Conditions on the payload, in place of the endpoint's.
  # @return [CheckedSubscription]
  def check_subscription(type, payload, endpoint_id: nil, event_types: nil, filter: nil)
    CheckedSubscription.read(
      call(
        "subscriptions.check",
        type:, payload:, endpoint_id:, event_types: Requests.texts(:event_types, event_types), filter:
      )
    )
  end

  # Adds an event type to the catalogue.
  #
  # @param name [String] The name, such as +order.created+.
  # @param description [String, nil] For people; at most 500 characters.
  # @param schema [Object, nil] The JSON schema (2020-12) of its payloads, at most 65,536 bytes. References to other
  #   documents are not followed.
  # @param example [Object, nil] A payload that fits the schema, for whoever writes a receiver.
  # @param deprecated [Boolean, nil] Whether receivers should not rely on it any more.
  # @return [EventTypeEntry]
  def create_event_type(name, description: nil, schema: nil, example: nil, deprecated: nil)
    EventTypeEntry.read(call("event_types.create", name:, description:, schema:, example:, deprecated:))
  end

  # Lists the catalogue, in the order of names.
  #
  # @param limit [Integer, nil] 1 to 500, 100 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the page before.
  # @return [ListEventTypesResponse]
  def list_event_types(limit: nil, cursor: nil)
    answer = call("event_types.list", limit:, cursor:)
    ListEventTypesResponse.read(answer, "data") { |after| list_event_types(limit:, cursor: after) }
  end

  # The same as {#list_event_types}, over all pages: each is asked for when it is reached.
  #
  # @yieldparam item [EventTypeEntry]
  # @return [Enumerator<EventTypeEntry>, self] an enumerator where there is no block
  def iter_event_types(limit: nil, &block)
    return to_enum(:iter_event_types, limit:) unless block_given?

    list_event_types(limit:).walk(&block)
    self
  end

  # Shows an event type.
  #
  # @param name [String] The name, such as +order.created+.
  # @return [EventTypeEntry]
  def get_event_type(name)
    EventTypeEntry.read(call("event_types.get", name:))
  end

  # Changes some fields of an event type.
  #
  # What is not given stays. An empty description, and nil for the schema or the example, clear them.
  #
  # @param name [String] The name, such as +order.created+.
  # @param description [String, nil] At most 500 characters; `""` is none.
  # @param schema [Object, nil] As for a new type; nil is none.
  # @param example [Object, nil] As for a new type; nil is none.
  # @param deprecated [Boolean, nil] Whether receivers should not rely on it any more.
  # @return [EventTypeEntry]
  def update_event_type(name, description: nil, schema: nil, example: nil, deprecated: nil)
    EventTypeEntry.read(call("event_types.update", name:, description:, schema:, example:, deprecated:))
  end

  # Removes an event type from the catalogue.
  #
  # Events of the type that were accepted before stay, and are delivered.
  #
  # @param name [String] The name, such as +order.created+.
  # @return [nil]
  def delete_event_type(name)
    call("event_types.delete", name:)
    nil
  end

  # Makes an endpoint and its first signing key.
  #
  # The signing secret is shown only in the answer.
  #
  # @param url [String] 12 to 2,048 characters, +https+; its host resolves, to public addresses only unless
  #   +allow_local_endpoints+ is set.
  # @param description [String, nil] At most 500 characters; `""` is none.
  # @param rate_limit_rps [Integer, nil] Deliveries a second, 0 to 1,000; 0 is unlimited.
  # @param burst [Integer, nil] Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as
  #   +rate_limit_rps+.
  # @param headers [Hash{String => String}, nil] Sent with every delivery. They are replaced whole; `{}` is none.
  # @param retry_schedule [String, Array<Numeric>, Hash, nil] Replaces the engine's schedule; an empty list is none.
  # @param max_attempts [Integer, nil] Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
  # @param tenant [String, nil] The customer it belongs to, whose events it gets; at most 128 characters, `""` is
  #   none.
  # @param event_types [Array<String>, nil] The events that it wants: at most 100 patterns of types, such as
  #   `order.*`. `[]` is every type.
  # @param filter [Object, nil] Conditions on an event's payload, all of which must hold: at most 20, each with a JSON
  #   +pointer+ and one of +equals+, +in+, +exists+, +starts_with+, +greater+, +less+. `[]` is none.
  # @param on_failure [String, nil] What follows for an ordering key when one of its messages is given up: +continue+
  #   with the next, or +halt+ until a person replays or deletes it.
  # @return [CreateEndpointResponse]
  def create_endpoint(
    url, description: nil, rate_limit_rps: nil, burst: nil, headers: nil, retry_schedule: nil, max_attempts: nil,
    tenant: nil, event_types: nil, filter: nil, on_failure: nil
  )
    CreateEndpointResponse.read(
      call(
        "endpoints.create",
        url:, description:, rate_limit_rps:, burst:, headers: Requests.headers(headers), retry_schedule:, max_attempts:,
        tenant:, event_types: Requests.texts(:event_types, event_types), filter:, on_failure:
      )
    )
  end

  # Lists endpoints, newest first.
  #
  # @param limit [Integer, nil] 1 to 100, 50 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the page before.
  # @param tenant [String, nil] Only endpoints of this tenant.
  # @return [ListEndpointsResponse]
  def list_endpoints(limit: nil, cursor: nil, tenant: nil)
    answer = call("endpoints.list", limit:, cursor:, tenant:)
    ListEndpointsResponse.read(answer, "data") { |after| list_endpoints(limit:, tenant:, cursor: after) }
  end

  # The same as {#list_endpoints}, over all pages: each is asked for when it is reached.
  #
  # @yieldparam item [EndpointSummary]
  # @return [Enumerator<EndpointSummary>, self] an enumerator where there is no block
  def iter_endpoints(limit: nil, tenant: nil, &block)
    return to_enum(:iter_endpoints, limit:, tenant:) unless block_given?

    list_endpoints(limit:, tenant:).walk(&block)
    self
  end

  # Shows an endpoint.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @return [Endpoint]
  def get_endpoint(endpoint_id)
    Endpoint.read(call("endpoints.get", endpoint_id:))
  end

  # Changes some fields of an endpoint.
  #
  # What is not given stays. 0 clears a number, an empty text the description, and empty headers the headers, which are
  # replaced whole.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @param url [String, nil] As for a new endpoint.
  # @param description [String, nil] At most 500 characters; `""` is none.
  # @param rate_limit_rps [Integer, nil] Deliveries a second, 0 to 1,000; 0 is unlimited.
  # @param burst [Integer, nil] Deliveries at once within the rate limit, 0 to 10,000; 0 is the same as
  #   +rate_limit_rps+.
  # @param headers [Hash{String => String}, nil] Sent with every delivery. They are replaced whole; `{}` is none.
  # @param retry_schedule [String, Array<Numeric>, Hash, nil] Replaces the engine's schedule; an empty list or nil
  #   clears it.
  # @param max_attempts [Integer, nil] Replaces the engine's number of attempts, 0 to 100; 0 is the engine's.
  # @param tenant [String, nil] The customer it belongs to, whose events it gets; at most 128 characters, `""` is
  #   none.
  # @param event_types [Array<String>, nil] The events that it wants: at most 100 patterns of types, such as
  #   `order.*`. `[]` is every type.
  # @param filter [Object, nil] Conditions on an event's payload, all of which must hold: at most 20, each with a JSON
  #   +pointer+ and one of +equals+, +in+, +exists+, +starts_with+, +greater+, +less+. `[]` is none.
  # @param on_failure [String, nil] What follows for an ordering key when one of its messages is given up: +continue+
  #   with the next, or +halt+ until a person replays or deletes it.
  # @return [Endpoint]
  def update_endpoint(
    endpoint_id, url: nil, description: nil, rate_limit_rps: nil, burst: nil, headers: nil, retry_schedule: NOT_GIVEN,
    max_attempts: nil, tenant: nil, event_types: nil, filter: nil, on_failure: nil
  )
    Endpoint.read(
      call(
        "endpoints.update",
        endpoint_id:, url:, description:, rate_limit_rps:, burst:, headers: Requests.headers(headers), retry_schedule:,
        max_attempts:, tenant:, event_types: Requests.texts(:event_types, event_types), filter:, on_failure:
      )
    )
  end

  # Deletes an endpoint: it takes no more messages.
  #
  # What it accepted before is still delivered, also where it was paused.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @return [nil]
  def delete_endpoint(endpoint_id)
    call("endpoints.delete", endpoint_id:)
    nil
  end

  # Holds an endpoint's deliveries.
  #
  # It goes on accepting messages; attempts under way end.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @return [PauseState]
  def pause_endpoint(endpoint_id)
    PauseState.read(call("endpoints.pause", endpoint_id:))
  end

  # Delivers what a pause has held.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @return [PauseState]
  def resume_endpoint(endpoint_id)
    PauseState.read(call("endpoints.resume", endpoint_id:))
  end

  # Says how endpoints are doing, newest first.
  #
  # Breaker, limits and attempts under way are known to the process that delivers alone. The backlog and the last hour
  # are known to every process.
  #
  # @param endpoint_id [String, nil] Only this endpoint.
  # @param tenant [String, nil] Only endpoints of this tenant.
  # @param limit [Integer, nil] 1 to 100, 50 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the page before.
  # @return [EndpointHealthResponse]
  def get_endpoint_health(endpoint_id = nil, tenant: nil, limit: nil, cursor: nil)
    answer = call("endpoints.health", endpoint_id:, tenant:, limit:, cursor:)
    EndpointHealthResponse.read(answer, "data") do |after|
      get_endpoint_health(endpoint_id, tenant:, limit:, cursor: after)
    end
  end

  # The same as {#get_endpoint_health}, over all pages: each is asked for when it is reached.
  #
  # @yieldparam item [EndpointHealth]
  # @return [Enumerator<EndpointHealth>, self] an enumerator where there is no block
  def iter_endpoint_health(endpoint_id = nil, tenant: nil, limit: nil, &block)
    return to_enum(:iter_endpoint_health, endpoint_id, tenant:, limit:) unless block_given?

    get_endpoint_health(endpoint_id, tenant:, limit:).walk(&block)
    self
  end

  # Makes a signed test delivery at once.
  #
  # It is not queued, counted or tried again: the answer is the whole attempt. The request has the header
  # `X-Webhook-Test: true`. A pause does not hold it.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @param payload [String, nil] A JSON document as a text, at most 1,048,576 bytes, which is sent byte for byte;
  #   where nil, a small one that says that it is a test.
  # @return [TestDelivery]
  def test_endpoint(endpoint_id, payload: nil)
    TestDelivery.read(call("endpoints.test", endpoint_id:, payload:))
  end

  # Checks the signature of a delivery as it was received.
  #
  # Says which key made it, or what is wrong: a body that was parsed and written again, a secret that was cut, another
  # endpoint's key, a clock. With the value that a receiver's code computed it says which mistake makes that.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @param headers [Hash{String => String}] The headers of the delivery as they were received. Those of the signatures
  #   are looked at, whatever their case.
  # @param body [String] The body as it was received, at most 1,048,576 bytes.
  # @param computed [String, nil] What the receiver's own code made of it, to be told which mistake makes that.
  # @return [Verification]
  def verify_endpoint_signature(endpoint_id, headers:, body:, computed: nil)
    Verification.read(call("endpoints.verify", endpoint_id:, headers: Requests.headers(headers), body:, computed:))
  end

  # Lists an endpoint's signing keys, oldest first.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @return [Array<SigningKey>]
  def list_endpoint_signing_keys(endpoint_id)
    call("signing_keys.list", endpoint_id:)["data"].map { |item| SigningKey.read(item) }
  end

  # Adds a second signing key.
  #
  # Both keys sign until one is deleted. The signing secret is shown only in the answer.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @return [RotateSecretResponse]
  def create_endpoint_signing_key(endpoint_id)
    RotateSecretResponse.read(call("signing_keys.create", endpoint_id:))
  end

  # Adds a second signing key, under an older name.
  #
  # Both keys sign until one is deleted. The signing secret is shown only in the answer.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @return [RotateSecretResponse]
  def rotate_endpoint_secret(endpoint_id)
    RotateSecretResponse.read(call("signing_keys.create", endpoint_id:))
  end

  # Removes one of two signing keys.
  #
  # @param endpoint_id [String] The endpoint's id, `ep_...`.
  # @param key_id [String] The signing key's id, `sk_...`.
  # @return [nil]
  def delete_endpoint_signing_key(endpoint_id, key_id)
    call("signing_keys.delete", endpoint_id:, key_id:)
    nil
  end

  # Shows a message, without its payload.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [Message]
  def get_message(message_id)
    Message.read(call("messages.get", message_id:))
  end

  # Lists a message's attempts, oldest first.
  #
  # At most the last 200. A message that is unknown has none.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [AttemptsResponse]
  def get_message_attempts(message_id)
    AttemptsResponse.read(call("messages.attempts", message_id:), "data")
  end

  # Shows a message's payload, byte for byte.
  #
  # With the message's own headers. It is there for as long as the payload is kept.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [MessagePayload]
  def get_message_payload(message_id)
    MessagePayload.read(call("messages.payload", message_id:))
  end

  # Says why a message is where it is, and when that changes.
  #
  # The first reason is the one that decides. What holds an endpoint's messages in the process that delivers (its
  # breaker, its limits) is known to that process alone: another one says which process that is.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [Explanation]
  def explain_message(message_id)
    Explanation.read(call("messages.explain", message_id:))
  end

  # Delivers a message once more.
  #
  # A message can be replayed 10 times.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [ReplayMessageResponse]
  def replay(message_id)
    ReplayMessageResponse.read(call("messages.replay", message_id:))
  end

  # Gives up a message that waits for a retry or its time.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [Message]
  def cancel_retry(message_id)
    Message.read(call("messages.cancel", message_id:))
  end

  # Makes a message that waits for a retry or its time due at once.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [Message]
  def retry_now(message_id)
    Message.read(call("messages.retry_now", message_id:))
  end

  # Moves a scheduled message to another moment.
  #
  # A moment that is past is at once.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @param deliver_at [Time, String] Before when it is not delivered; at most a year ahead. A moment that is past is
  #   at once.
  # @return [Message]
  def reschedule_message(message_id, deliver_at)
    Message.read(call("messages.reschedule", message_id:, deliver_at: Requests.time(:deliver_at, deliver_at)))
  end

  # Replays the messages that a filter finds.
  #
  # The oldest first.
  #
  # @param status [String] +failed_permanent+ or +pending_retry+.
  # @param endpoint_id [String, nil] Only messages of this endpoint.
  # @param limit [Integer, nil] 1 to 1,000, 100 where nil.
  # @param created_after [Time, String, nil] Only messages accepted at this moment or later.
  # @param created_before [Time, String, nil] Only messages accepted before this moment.
  # @param cause [String, nil] Only messages whose last failure has this cause, in the words of {#get_dlq_groups}.
  # @param dry_run [Boolean, nil] Changes nothing, and answers what would happen.
  # @param cursor [String, nil] The +next_cursor+ of the call before: goes on behind what that one has looked at.
  # @return [ReplayAllMessagesResponse]
  def replay_all_messages(
    status, endpoint_id: nil, limit: nil, created_after: nil, created_before: nil, cause: nil, dry_run: nil,
    cursor: nil
  )
    ReplayAllMessagesResponse.read(
      call(
        "messages.replay_all",
        status:, endpoint_id:, limit:, created_after: Requests.time(:created_after, created_after),
        created_before: Requests.time(:created_before, created_before), cause:, dry_run:, cursor:
      )
    )
  end

  # Gives up the messages that wait for a retry and that a filter finds.
  #
  # The oldest first. They are in the dead letter queue then.
  #
  # @param endpoint_id [String, nil] Only messages of this endpoint.
  # @param created_after [Time, String, nil] Only messages accepted at this moment or later.
  # @param created_before [Time, String, nil] Only messages accepted before this moment.
  # @param limit [Integer, nil] 1 to 1,000, 1,000 where nil.
  # @param cause [String, nil] Only messages whose last failure has this cause, in the words of {#get_dlq_groups}.
  # @param dry_run [Boolean, nil] Changes nothing, and answers what would happen.
  # @param cursor [String, nil] The +next_cursor+ of the call before: goes on behind what that one has looked at.
  # @return [CancelAllResult]
  def cancel_all_messages(
    endpoint_id: nil, created_after: nil, created_before: nil, limit: nil, cause: nil, dry_run: nil, cursor: nil
  )
    CancelAllResult.read(
      call(
        "messages.cancel_all",
        endpoint_id:, created_after: Requests.time(:created_after, created_after),
        created_before: Requests.time(:created_before, created_before), limit:, cause:, dry_run:, cursor:
      )
    )
  end

  # Replays the messages that are named.
  #
  # Each has its result, in order.
  #
  # @param message_ids [Array<String>] 1 to 100.
  # @return [ReplayBatchMessagesResponse]
  def replay_batch_messages(message_ids)
    ReplayBatchMessagesResponse.read(
      call("messages.replay_batch", message_ids: Requests.texts(:message_ids, message_ids))
    )
  end

  # Deletes a message.
  #
  # Its payload is gone at once, and its retries with it.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [DeleteMessageResult]
  def delete_message(message_id)
    DeleteMessageResult.read(call("messages.delete", message_id:))
  end

  # Deletes the messages that are named.
  #
  # Each has its result, in order.
  #
  # @param message_ids [Array<String>] 1 to 100.
  # @return [DeleteBatchResult]
  def delete_messages_batch(message_ids)
    DeleteBatchResult.read(call("messages.delete_batch", message_ids: Requests.texts(:message_ids, message_ids)))
  end

  # Deletes the messages that a filter finds.
  #
  # The oldest first. Where as many were deleted as the limit says, there may be more.
  #
  # @param status [String, Array<String>, nil] Only messages with one of these statuses; all where empty.
  # @param endpoint_id [String, nil] Only messages of this endpoint.
  # @param created_after [Time, String, nil] Only messages accepted at this moment or later.
  # @param created_before [Time, String, nil] Only messages accepted before this moment.
  # @param limit [Integer, nil] 1 to 1,000, 1,000 where nil.
  # @param cause [String, nil] Only messages whose last failure has this cause, in the words of {#get_dlq_groups}.
  # @param dry_run [Boolean, nil] Changes nothing, and answers what would happen.
  # @param cursor [String, nil] The +next_cursor+ of the call before: goes on behind what that one has looked at.
  # @return [DeleteAllResult]
  def delete_messages_all(
    status: nil, endpoint_id: nil, created_after: nil, created_before: nil, limit: nil, cause: nil, dry_run: nil,
    cursor: nil
  )
    DeleteAllResult.read(
      call(
        "messages.delete_all",
        status: Requests.words(status), endpoint_id:, created_after: Requests.time(:created_after, created_after),
        created_before: Requests.time(:created_before, created_before), limit:, cause:, dry_run:, cursor:
      )
    )
  end

  # Lists messages, newest first.
  #
  # A page of a filter may be short, even empty, and have more behind it: follow +next_cursor+.
  #
  # @param status [String, Array<String>, nil] Only messages with one of these statuses.
  # @param start_time [Time, String, nil] Only messages accepted at this moment or later.
  # @param end_time [Time, String, nil] Only messages accepted before this moment.
  # @param limit [Integer, nil] 1 to 500, 50 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the page before.
  # @param endpoint_id [String, nil] Only messages of this endpoint.
  # @param q [String, nil] Only the message with this id, or messages with this text in their idempotency key.
  # @param error [String, nil] Only messages with this text in their last error.
  # @param cause [String, nil] Only messages whose last failure has this cause, in the words of {#get_dlq_groups}.
  # @param event_type [String, nil] Only messages of events of this type.
  # @param tenant [String, nil] Only messages of events of this tenant.
  # @param ordering_key [String, nil] Only messages with this ordering key.
  # @return [LogsResponse]
  def get_logs(
    status: nil, start_time: nil, end_time: nil, limit: nil, cursor: nil, endpoint_id: nil, q: nil, error: nil,
    cause: nil, event_type: nil, tenant: nil, ordering_key: nil
  )
    answer = call(
      "logs.list",
      status: Requests.words(status), start_time: Requests.time(:start_time, start_time),
      end_time: Requests.time(:end_time, end_time), limit:, cursor:, endpoint_id:, q:, error:, cause:, event_type:,
      tenant:, ordering_key:
    )
    LogsResponse.read(answer, "data") do |after|
      get_logs(
        status:, start_time:, end_time:, limit:, endpoint_id:, q:,
        error:, cause:, event_type:, tenant:, ordering_key:, cursor: after
      )
    end
  end

  # The same as {#get_logs}, over all pages: each is asked for when it is reached.
  #
  # @yieldparam item [MessageSummary]
  # @return [Enumerator<MessageSummary>, self] an enumerator where there is no block
  def iter_logs(
    status: nil, start_time: nil, end_time: nil, limit: nil, endpoint_id: nil, q: nil, error: nil, cause: nil,
    event_type: nil, tenant: nil, ordering_key: nil, &block
  )
    unless block_given?
      return to_enum(
        :iter_logs,
        status:, start_time:, end_time:, limit:, endpoint_id:,
        q:, error:, cause:, event_type:, tenant:, ordering_key:
      )
    end

    get_logs(
      status:, start_time:, end_time:, limit:, endpoint_id:,
      q:, error:, cause:, event_type:, tenant:, ordering_key:
    ).walk(&block)
    self
  end

  # Lists the messages that were given up, newest first.
  #
  # @param limit [Integer, nil] 1 to 1,000, 100 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the page before.
  # @param endpoint_id [String, nil] Only messages of this endpoint.
  # @param cause [String, nil] Only messages with this cause, in the words of {#get_dlq_groups}.
  # @param start_time [Time, String, nil] Only messages accepted at this moment or later.
  # @param end_time [Time, String, nil] Only messages accepted before this moment.
  # @return [DlqMessagesResponse]
  def get_dlq_messages(limit: nil, cursor: nil, endpoint_id: nil, cause: nil, start_time: nil, end_time: nil)
    answer = call(
      "dead_letters.list",
      limit:, cursor:, endpoint_id:, cause:, start_time: Requests.time(:start_time, start_time),
      end_time: Requests.time(:end_time, end_time)
    )
    DlqMessagesResponse.read(answer, "messages") do |after|
      get_dlq_messages(limit:, endpoint_id:, cause:, start_time:, end_time:, cursor: after)
    end
  end

  # The same as {#get_dlq_messages}, over all pages: each is asked for when it is reached.
  #
  # @yieldparam item [MessageSummary]
  # @return [Enumerator<MessageSummary>, self] an enumerator where there is no block
  def iter_dlq_messages(limit: nil, endpoint_id: nil, cause: nil, start_time: nil, end_time: nil, &block)
    return to_enum(:iter_dlq_messages, limit:, endpoint_id:, cause:, start_time:, end_time:) unless block_given?

    get_dlq_messages(limit:, endpoint_id:, cause:, start_time:, end_time:).walk(&block)
    self
  end

  # Counts the dead letter queue by cause and endpoint.
  #
  # A call reads at most 10,000 messages, newest first; where there are more, follow +next_cursor+ and add up what has
  # the same cause and endpoint. Any filter by cause takes the words of +cause+.
  #
  # @param endpoint_id [String, nil] Only messages of this endpoint.
  # @param cursor [String, nil] The +next_cursor+ of the call before.
  # @return [DeadLetterGroups]
  def get_dlq_groups(endpoint_id: nil, cursor: nil)
    DeadLetterGroups.read(call("dead_letters.groups", endpoint_id:, cursor:))
  end

  # Delivers a message of the dead letter queue once more.
  #
  # @param message_id [String] The message's id, a UUIDv7 with dashes.
  # @return [ReplayMessageResponse]
  def replay_from_dlq(message_id)
    ReplayMessageResponse.read(call("dead_letters.replay", message_id:))
  end

  # Counts what happened in a window of time.
  #
  # @param window [String, nil] +1h+, +24h+, +7d+ or +30d+; +24h+ where nil.
  # @param endpoint_id [String, nil] Only messages and attempts of this endpoint.
  # @return [Metrics]
  def get_metrics(window = nil, endpoint_id: nil)
    Metrics.read(call("metrics.get", window:, endpoint_id:))
  end

  # Counts what happened in each bucket of a window.
  #
  # @param window [String, nil] +1h+, +24h+, +7d+ or +30d+; +24h+ where nil.
  # @param endpoint_id [String, nil] Only messages and attempts of this endpoint.
  # @return [TimeSeriesMetrics]
  def get_timeseries_metrics(window = nil, endpoint_id: nil)
    TimeSeriesMetrics.read(call("metrics.timeseries", window:, endpoint_id:))
  end

  # Lists API keys, oldest first.
  #
  # @return [Array<ApiKeyInfo>]
  def list_api_keys
    call("api_keys.list")["data"].map { |item| ApiKeyInfo.read(item) }
  end

  # Makes an API key.
  #
  # It lets its owner use a sidecar on this outbox. The key is shown only in the answer.
  #
  # @param mode [String, nil] +live+ where nil.
  # @param label [String, nil] A label for people, at most 255 characters.
  # @param scope [String, nil] What the key lets its owner do over HTTP, +full+ where nil.
  # @return [CreateApiKeyResponse]
  def create_api_key(mode = nil, label: nil, scope: nil)
    CreateApiKeyResponse.read(call("api_keys.create", mode:, label:, scope:))
  end

  # Deletes an API key: it lets nobody in any more.
  #
  # @param key_id [String] The API key's id, `key_...`.
  # @return [nil]
  def delete_api_key(key_id)
    call("api_keys.delete", key_id:)
    nil
  end

  # Makes a code that signs a browser in to the console once.
  #
  # It works for 60 seconds, at every console of the outbox. The session is that of the caller's API key; in a process
  # it is that of a key which is made for this, with the label `hookbridge console`.
  #
  # @return [CreateLoginCodeResponse]
  def create_login_code
    CreateLoginCodeResponse.read(call("login_codes.create"))
  end

  # Has a CSV file of messages written.
  #
  # The file is written in the background; it is kept for seven days.
  #
  # @param start_time [Time, String] Messages accepted at this moment or later.
  # @param end_time [Time, String] Messages accepted before this moment.
  # @param status [String, nil] Only messages with this status.
  # @param endpoint_id [String, nil] Only messages of this endpoint, which may have been deleted.
  # @return [ExportRecord]
  def create_export(start_time:, end_time:, status: nil, endpoint_id: nil)
    ExportRecord.read(
      call(
        "exports.create",
        start_time: Requests.time(:start_time, start_time), end_time: Requests.time(:end_time, end_time), status:,
        endpoint_id:
      )
    )
  end

  # Lists exports, newest first.
  #
  # @return [Array<ExportRecord>]
  def list_exports
    call("exports.list")["data"].map { |item| ExportRecord.read(item) }
  end

  # Shows an export.
  #
  # @param export_id [String] The export's id, a UUIDv7 with dashes.
  # @return [ExportRecord]
  def get_export(export_id)
    ExportRecord.read(call("exports.get", export_id:))
  end

  # Says where an export's file is.
  #
  # @param export_id [String] The export's id, a UUIDv7 with dashes.
  # @return [String]
  def download_export(export_id)
    call("exports.download", export_id:)["download_url"]
  end

  # Removes an export and its file.
  #
  # @param export_id [String] The export's id, a UUIDv7 with dashes.
  # @return [nil]
  def delete_export(export_id)
    call("exports.delete", export_id:)
    nil
  end

  # Says how the outbox stands.
  #
  # @return [Stats]
  def stats
    Stats.read(call("stats"))
  end

  # Says who asks, and what answers.
  #
  # The caller's API key with its scope, the version, the file, and the limits in force.
  #
  # @return [WhoAmI]
  def whoami
    WhoAmI.read(call("whoami"))
  end

  # Lists what callers with an API key changed, newest first.
  #
  # Endpoints and keys that were made, changed, paused or deleted, messages that were replayed, cancelled or deleted: by
  # which key, and how many. The newest 100,000 are kept.
  #
  # @param limit [Integer, nil] 1 to 500, 50 where nil.
  # @param cursor [String, nil] The +next_cursor+ of the page before.
  # @return [ActivityResponse]
  def list_activity(limit: nil, cursor: nil)
    answer = call("activity.list", limit:, cursor:)
    ActivityResponse.read(answer, "data") { |after| list_activity(limit:, cursor: after) }
  end

  # The same as {#list_activity}, over all pages: each is asked for when it is reached.
  #
  # @yieldparam item [Activity]
  # @return [Enumerator<Activity>, self] an enumerator where there is no block
  def iter_activity(limit: nil, &block)
    return to_enum(:iter_activity, limit:) unless block_given?

    list_activity(limit:).walk(&block)
    self
  end

  # Names API keys by their ids.
  #
  # 1 to 100 ids in all. Ids that are unknown are missing in the answer.
  #
  # @param user_ids [Array<String>, nil] Ids of users. An outbox has none, so none is found.
  # @param api_key_ids [Array<String>, nil] Ids of API keys: `key_...`.
  # @return [ActorLookupResult]
  def lookup_actors(user_ids: nil, api_key_ids: nil)
    ActorLookupResult.read(
      call(
        "actors.lookup",
        user_id: Requests.texts(:user_ids, user_ids), api_key_id: Requests.texts(:api_key_ids, api_key_ids)
      )
    )
  end
end
