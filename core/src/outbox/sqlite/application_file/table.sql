-- HookBridge: messages that an application sends in its own transactions, from its own SQLite file. A sidecar takes the rows over into
-- the outbox, and deletes them: `hookbridge serve --sqlite-outbox FILE`. Needs SQLite 3.35 with its JSON functions (which every build
-- has from 3.38 on). The statements are separated by empty lines. What is refused and why: docs/contract.md#send.
CREATE TABLE hookbridge_send (
    -- Rows are taken over in this order, which is that of the commits.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The message's id: a UUIDv7 (RFC 9562), 48 bits of milliseconds and then random bits.
    id TEXT NOT NULL UNIQUE DEFAULT (
        substr(printf('%012x', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)), 1, 8) || '-' ||
        substr(printf('%012x', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)), 9) || '-7' ||
        substr(lower(hex(randomblob(2))), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
        substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6)))
    ),
    endpoint_id TEXT NOT NULL,
    -- Written by the sidecar: why the outbox refuses this message, as `CODE: why`. The row then stays; null lets it be tried again.
    refused TEXT,
    idempotency_key TEXT,
    ordering_key TEXT,
    -- Moments, as 2026-12-24T08:00:00Z (RFC 3339; without an offset they are in UTC).
    deliver_at TEXT,
    expires_at TEXT,
    retention_hours INTEGER,
    -- A JSON object of strings.
    headers TEXT,
    -- JSON, delivered byte for byte.
    payload TEXT NOT NULL
);

CREATE INDEX hookbridge_send_refused ON hookbridge_send (refused) WHERE refused IS NOT NULL;

CREATE TRIGGER hookbridge_send_check BEFORE INSERT ON hookbridge_send BEGIN
    SELECT CASE
        WHEN NEW.endpoint_id IS NULL OR NEW.payload IS NULL
            THEN RAISE(ABORT, 'INVALID_REQUEST: `endpoint_id` and `payload` are needed')
        WHEN NEW.id IS NULL OR NEW.id NOT GLOB '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-7[0-9a-f][0-9a-f][0-9a-f]-[89ab][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
            THEN RAISE(ABORT, 'INVALID_REQUEST: `id` must be left out, or be a UUIDv7 in lower case with dashes')
        WHEN NEW.refused IS NOT NULL
            THEN RAISE(ABORT, 'INVALID_REQUEST: `refused` is written by the sidecar')
        WHEN typeof(NEW.payload) <> 'text' OR instr(NEW.payload, char(0)) OR NOT json_valid(NEW.payload)
            THEN RAISE(ABORT, 'INVALID_REQUEST: `payload` must be JSON, as text')
        WHEN NEW.headers IS NOT NULL
            AND (typeof(NEW.headers) <> 'text' OR instr(NEW.headers, char(0)) OR NOT json_valid(NEW.headers))
            THEN RAISE(ABORT, 'INVALID_REQUEST: `headers` must be an object of strings')
        -- PHP writes an empty object as an empty list.
        WHEN NEW.headers IS NOT NULL AND json_type(NEW.headers) NOT IN ('object', 'null')
            AND NOT (json_type(NEW.headers) = 'array' AND json_array_length(NEW.headers) = 0)
            OR NEW.headers IS NOT NULL AND EXISTS (
                SELECT 1 FROM json_each(NEW.headers) AS h WHERE json_type(NEW.headers) = 'object' AND h.type <> 'text'
            )
            THEN RAISE(ABORT, 'INVALID_REQUEST: `headers` must be an object of strings')
        WHEN NEW.deliver_at IS NOT NULL AND (
                NEW.deliver_at NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][Tt ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'
                OR julianday(replace(NEW.deliver_at, 't', 'T')) IS NULL OR substr(NEW.deliver_at, 12, 2) > '23'
                OR date(substr(NEW.deliver_at, 1, 10), '+0 days') IS NOT substr(NEW.deliver_at, 1, 10)
            )
            THEN RAISE(ABORT, 'INVALID_REQUEST: `deliver_at` must be a time as in RFC 3339')
        WHEN NEW.expires_at IS NOT NULL AND (
                NEW.expires_at NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][Tt ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'
                OR julianday(replace(NEW.expires_at, 't', 'T')) IS NULL OR substr(NEW.expires_at, 12, 2) > '23'
                OR date(substr(NEW.expires_at, 1, 10), '+0 days') IS NOT substr(NEW.expires_at, 1, 10)
            )
            THEN RAISE(ABORT, 'INVALID_REQUEST: `expires_at` must be a time as in RFC 3339')
        WHEN NEW.endpoint_id NOT GLOB 'ep_[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
            THEN RAISE(ABORT, 'ENDPOINT_NOT_FOUND: there is no such endpoint')
        WHEN length(CAST(NEW.payload AS BLOB)) > 1048576
            THEN RAISE(ABORT, 'PAYLOAD_TOO_LARGE: the payload has more than 1048576 bytes')
        WHEN NEW.headers IS NOT NULL AND (SELECT count(*) FROM json_each(NEW.headers)) > 50
            THEN RAISE(ABORT, 'INVALID_HEADERS: at most 50 headers are allowed')
        -- `\u0000` where its backslash is not itself escaped: SQLite would end the text there.
        WHEN instr(replace(NEW.headers, '\\', ''), '\u0000')
            THEN RAISE(ABORT, 'INVALID_HEADERS: a header has characters that it must not have')
        WHEN NEW.headers IS NOT NULL AND (
                SELECT total(length(CAST(h.key AS BLOB)) + length(CAST(h.value AS BLOB))) FROM json_each(NEW.headers) AS h
            ) > 8192
            THEN RAISE(ABORT, 'INVALID_HEADERS: the headers have more than 8192 bytes')
        WHEN NEW.headers IS NOT NULL AND EXISTS (
                SELECT 1 FROM json_each(NEW.headers) AS h WHERE h.key = '' OR h.key GLOB '*[^-!#$%&''*+.^_`|~0-9A-Za-z]*'
            )
            THEN RAISE(ABORT, 'INVALID_HEADERS: a header has no valid name')
        WHEN NEW.headers IS NOT NULL AND EXISTS (
                SELECT 1 FROM json_each(NEW.headers) AS h
                WHERE h.value GLOB '*[' || char(1) || '-' || char(8, 10) || '-' || char(31, 127) || ']*'
            )
            THEN RAISE(ABORT, 'INVALID_HEADERS: a header has characters that it must not have')
        -- A receiver may take names for one that differ in case, or in what is no letter or digit.
        WHEN NEW.headers IS NOT NULL AND EXISTS (
                SELECT 1 FROM (
                    SELECT lower(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
                        replace(h.key, '!', '-'), '#', '-'), '$', '-'), '%', '-'), '&', '-'), '''', '-'), '*', '-'), '+', '-'), '.', '-'),
                        '^', '-'), '_', '-'), '`', '-'), '|', '-'), '~', '-')) AS name
                    FROM json_each(NEW.headers) AS h
                )
                GROUP BY name
                HAVING count(*) > 1 OR name GLOB 'proxy-*' OR name GLOB 'x-webhook-*' OR name GLOB 'webhook-*'
                    OR name IN ('host', 'content-length', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade',
                        'te', 'trailer', 'proxy', 'content-type', 'http2-settings', 'expect', 'authorization', 'cookie')
            )
            THEN RAISE(ABORT, 'INVALID_HEADERS: a header is not allowed here, or is given twice')
        WHEN NEW.idempotency_key = '' OR length(NEW.idempotency_key) > 255 OR NEW.idempotency_key GLOB '*[^-A-Za-z0-9_]*'
            OR instr(NEW.idempotency_key, char(0))
            THEN RAISE(ABORT, 'INVALID_REQUEST: `idempotency_key` must be 1 to 255 of letters, digits, `_` and `-`')
        WHEN NEW.retention_hours IS NOT NULL AND (typeof(NEW.retention_hours) <> 'integer' OR NEW.retention_hours NOT BETWEEN 0 AND 87600)
            THEN RAISE(ABORT, 'INVALID_REQUEST: `retention_hours` must be 0 to 87600')
        WHEN length(NEW.ordering_key) > 255 OR instr(NEW.ordering_key, char(0))
            OR NEW.ordering_key GLOB '*[' || char(1) || '-' || char(31, 127) || '-' || char(159) || ']*'
            THEN RAISE(ABORT, 'INVALID_REQUEST: `ordering_key` must be at most 255 characters, without control characters')
        WHEN julianday(replace(NEW.deliver_at, 't', 'T')) > julianday('now') + 366
            THEN RAISE(ABORT, 'INVALID_REQUEST: `deliver_at` must be at most a year ahead')
        WHEN julianday(replace(NEW.expires_at, 't', 'T')) <= julianday('now')
            THEN RAISE(ABORT, 'INVALID_REQUEST: `expires_at` is past')
        WHEN julianday(replace(NEW.expires_at, 't', 'T')) <= julianday(replace(NEW.deliver_at, 't', 'T'))
            THEN RAISE(ABORT, 'INVALID_REQUEST: `expires_at` must be after `deliver_at`')
    END;
END;
