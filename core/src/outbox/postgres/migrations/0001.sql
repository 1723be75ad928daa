-- Version 1. Times are milliseconds since 1970, as everywhere in the outbox.
--
-- A message's row is written at its acceptance and changed at each outcome. No column that an outcome changes stands in an index or
-- in the condition of one, so that PostgreSQL changes the row in place (HOT). What waits, what is in an order and what was given up
-- is told by tables of their own, whose rows come and go.

CREATE TABLE hookbridge.endpoints (
    seq integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    url text NOT NULL,
    description text,
    rate_limit_rps integer,
    burst integer,
    headers text,
    retry_schedule text,
    max_attempts integer,
    paused boolean NOT NULL DEFAULT false,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint,
    tenant text,
    event_types text,
    filter text,
    on_failure smallint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);

CREATE TABLE hookbridge.signing_keys (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    endpoint integer NOT NULL,
    secret text NOT NULL,
    created_at bigint NOT NULL
);
CREATE INDEX signing_keys_of_endpoint ON hookbridge.signing_keys (endpoint);

CREATE TABLE hookbridge.api_keys (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    sha256 bytea NOT NULL UNIQUE,
    prefix text NOT NULL,
    label text NOT NULL,
    scope smallint NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint
);

CREATE TABLE hookbridge.secrets (name text PRIMARY KEY, value bytea NOT NULL);

-- The number of a message: the key of its row in memory. It is no order of commits.
CREATE SEQUENCE hookbridge.message_seq AS bigint;

CREATE TABLE hookbridge.messages (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    endpoint integer NOT NULL,
    status smallint NOT NULL,
    -- With `xid`, where the message's row in `waiting` is. Null: it has none.
    due_at bigint,
    -- The transaction that accepted it.
    xid xid8 NOT NULL,
    attempt_count integer NOT NULL DEFAULT 0,
    schedule_start integer NOT NULL DEFAULT 0,
    epoch bigint NOT NULL DEFAULT 0,
    replay_count integer NOT NULL DEFAULT 0,
    retry_type smallint,
    size_bytes integer NOT NULL,
    payload_sha256 bytea NOT NULL,
    idempotency_key text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    retention_hours integer,
    payload_expires_at bigint,
    first_attempt_at bigint,
    delivered_at bigint,
    failed_at bigint,
    last_error text,
    response_status smallint,
    response_latency_ms integer,
    deleted_at bigint,
    deleted_by uuid,
    event bigint,
    -- Of a message of an event: it needs the event's payload no more.
    payload_gone boolean NOT NULL DEFAULT false,
    ordering_key text,
    deliver_at bigint,
    expires_at bigint,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE hookbridge.messages_default PARTITION OF hookbridge.messages DEFAULT WITH (fillfactor = 85);
CREATE INDEX messages_by_seq ON hookbridge.messages (seq);
CREATE INDEX messages_of_event ON hookbridge.messages (event, endpoint) WHERE event IS NOT NULL;

-- By the message's id, or by the event's for all of its messages.
CREATE TABLE hookbridge.payloads (
    id uuid NOT NULL,
    headers text,
    body bytea NOT NULL,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE TABLE hookbridge.payloads_default PARTITION OF hookbridge.payloads DEFAULT;

CREATE TABLE hookbridge.attempts (
    message_id uuid NOT NULL,
    attempt_no integer NOT NULL,
    id uuid NOT NULL,
    created_at bigint NOT NULL,
    response_status smallint,
    response_latency_ms integer,
    processing_ms integer,
    error_text text,
    response_headers text,
    retry_type smallint,
    retry_after_seconds bigint,
    resolved_ip text,
    request_headers text,
    dns_ms integer,
    tcp_connect_ms integer,
    tls_handshake_ms integer,
    ttfb_ms integer,
    transfer_ms integer,
    conn_reused boolean,
    response_body bytea,
    response_body_truncated boolean,
    note text,
    PRIMARY KEY (message_id, attempt_no)
) PARTITION BY RANGE (message_id);
CREATE TABLE hookbridge.attempts_default PARTITION OF hookbridge.attempts DEFAULT;

-- What an idempotency key names. Apart from `messages`, whose partitions could have no such constraint together.
CREATE TABLE hookbridge.keys (
    endpoint integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    message_id uuid NOT NULL,
    payload_sha256 bytea NOT NULL,
    PRIMARY KEY (endpoint, key)
);

-- The messages that wait, due or not. `due_at` also says why (outbox/due_at.rs). `xid` is the transaction of the acceptance: by it
-- readers learn of new rows once it is committed, and those of one lane are in the order of acceptance.
CREATE TABLE hookbridge.waiting (
    endpoint integer NOT NULL,
    due_at bigint NOT NULL,
    xid xid8 NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    payload uuid NOT NULL,
    attempt_count integer NOT NULL,
    schedule_start integer NOT NULL,
    epoch bigint NOT NULL,
    created_at bigint NOT NULL,
    retention_hours integer,
    event bigint,
    ordering_key text,
    deliver_at bigint,
    expires_at bigint,
    PRIMARY KEY (endpoint, due_at, xid, seq)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0, vacuum_truncate = off);
CREATE INDEX waiting_new ON hookbridge.waiting (xid, endpoint) WHERE due_at <= 0;
CREATE INDEX waiting_expires ON hookbridge.waiting (expires_at) WHERE expires_at IS NOT NULL;

-- The messages that have a place in an order. Those behind the one in front have their due time here, and no row in `waiting`.
CREATE TABLE hookbridge.ordered (
    endpoint integer NOT NULL,
    key text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    in_front boolean NOT NULL,
    held_due_at bigint,
    expires_at bigint,
    PRIMARY KEY (endpoint, key, seq)
);
CREATE UNIQUE INDEX ordered_fronts ON hookbridge.ordered (endpoint, key) WHERE in_front;
CREATE INDEX ordered_expires ON hookbridge.ordered (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE hookbridge.dead_letters (
    seq bigint PRIMARY KEY,
    endpoint integer NOT NULL,
    id uuid NOT NULL
);
CREATE INDEX dead_letters_of_endpoint ON hookbridge.dead_letters (endpoint, seq);

CREATE TABLE hookbridge.events (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    type text NOT NULL,
    tenant text,
    idempotency_key text,
    ordering_key text,
    size_bytes integer NOT NULL,
    payload_sha256 bytea NOT NULL,
    created_at bigint NOT NULL,
    deliver_at bigint,
    expires_at bigint,
    retention_hours integer,
    matched bigint NOT NULL,
    needed_by bigint NOT NULL,
    unwanted_until bigint
) WITH (fillfactor = 90);

-- What an idempotency key of an event names. No tenant is ''.
CREATE TABLE hookbridge.event_keys (
    tenant text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    event_id uuid NOT NULL,
    PRIMARY KEY (tenant, key)
);

CREATE TABLE hookbridge.event_types (
    name text COLLATE "C" PRIMARY KEY,
    description text,
    schema text,
    example text,
    deprecated boolean NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

-- What operations changed, for the processes that must read it again. Read by the difference of two snapshots.
CREATE TABLE hookbridge.changes (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind smallint NOT NULL,
    endpoint integer,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX changes_by_xid ON hookbridge.changes (xid);

-- How many such changes each node has made. Their sum is the revision. A row for each node, so that no two wait for each other.
CREATE TABLE hookbridge.revisions (node uuid PRIMARY KEY, edits bigint NOT NULL) WITH (fillfactor = 10);

-- Each node counts for itself; readers add up.
CREATE TABLE hookbridge.metrics (
    at bigint NOT NULL,
    endpoint integer NOT NULL,
    node uuid NOT NULL,
    total bigint NOT NULL,
    succeeded bigint NOT NULL,
    failed bigint NOT NULL,
    retries bigint NOT NULL,
    answers bigint NOT NULL,
    latency_ms bigint NOT NULL,
    PRIMARY KEY (at, endpoint, node)
) WITH (fillfactor = 50);

-- A node's row is its lease, and the existence of that row the fence of its outcomes.
CREATE TABLE hookbridge.nodes (
    id uuid PRIMARY KEY,
    beat bigint NOT NULL DEFAULT 0,
    pid integer NOT NULL,
    version text NOT NULL,
    started_at bigint NOT NULL
) WITH (fillfactor = 10);

-- Endpoint n is in shard n & 255.
CREATE TABLE hookbridge.shards (
    shard smallint PRIMARY KEY,
    node uuid REFERENCES hookbridge.nodes ON DELETE SET NULL
) WITH (fillfactor = 50);
INSERT INTO hookbridge.shards (shard) SELECT generate_series(0, 255);

CREATE TABLE hookbridge.exports (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    status smallint NOT NULL,
    filter_start bigint NOT NULL,
    filter_end bigint NOT NULL,
    filter_status smallint,
    filter_endpoint uuid,
    created_at bigint NOT NULL,
    started_at bigint,
    completed_at bigint,
    expires_at bigint,
    row_count bigint,
    file_size_bytes bigint,
    error_message text
);

CREATE TABLE hookbridge.activity (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occurred_at bigint NOT NULL,
    operation text NOT NULL,
    api_key_id uuid NOT NULL,
    api_key_label text NOT NULL,
    api_key_prefix text NOT NULL,
    endpoint_id uuid,
    message_id uuid,
    affected bigint NOT NULL,
    detail text
);

CREATE TABLE hookbridge.login_codes (
    sha256 bytea PRIMARY KEY,
    api_key_id uuid NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE hookbridge.consoles (
    url text PRIMARY KEY,
    started_at bigint NOT NULL
);
