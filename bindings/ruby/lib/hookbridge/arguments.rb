# Written by `hookbridge-generate`: change the definition, not this file.
# frozen_string_literal: true

class HookBridge
  # What arguments must be, where they are of one kind in every method.
  ARGUMENTS = {
    body: [String],
    burst: [Integer],
    cause: [String],
    computed: [String],
    cursor: [String],
    description: [String],
    endpoint_id: [String],
    error: [String],
    event_id: [String],
    event_type: [String],
    export_id: [String],
    headers: [Hash],
    idempotency_key: [String],
    key_id: [String],
    label: [String],
    limit: [Integer],
    max_attempts: [Integer],
    message_id: [String],
    mode: [String, Symbol],
    name: [String],
    on_failure: [String, Symbol],
    ordering_key: [String],
    q: [String],
    rate: [Integer],
    rate_limit_rps: [Integer],
    retention_hours: [Integer],
    scope: [String, Symbol],
    tenant: [String],
    type: [String],
    url: [String],
    window: [String, Symbol]
  }.each_value(&:freeze).freeze
  # The fields of a message.
  MESSAGE = %i[endpoint_id payload headers idempotency_key retention_hours ordering_key deliver_at expires_at].freeze
  # The fields of an event of a batch.
  EVENT = %i[type payload tenant headers idempotency_key ordering_key deliver_at expires_at retention_hours].freeze
  # Arguments by the engine's names for them, where those are others, and what finds these in what the engine says.
  RENAMED = { "api_key_id" => "api_key_ids", "user_id" => "user_ids" }.freeze
  RENAMED_NAME = /(?<=`)(?:#{RENAMED.keys.join("|")})(?=[`\[])/
  private_constant :ARGUMENTS, :MESSAGE, :EVENT, :RENAMED, :RENAMED_NAME
end
