-- Version 3. Events from SQL: `hookbridge.send_event(...)` makes a message for every endpoint that wants the event, in the application's own
-- transaction. Which endpoints those are is decided here as `outbox/subscriptions.rs` and `model/event_filter.rs` decide it.

-- Under what an endpoint is found: its tenant, and each pattern up to its first star. What follows a star that is not the last segment is
-- looked at once the endpoint is found; such a pattern has a question mark behind.
CREATE FUNCTION hookbridge.wanted_keys(tenant text, event_types text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(DISTINCT coalesce(tenant, '') || E'\n' || CASE
        WHEN strpos(pattern, '*') IN (0, length(pattern)) THEN pattern
        ELSE left(pattern, strpos(pattern, '*')) || '?' END)
    FROM json_array_elements_text(coalesce(nullif(event_types, '[]'), '["*"]')::json) AS pattern
$$;

ALTER TABLE hookbridge.endpoints ADD COLUMN wanted text[] COLLATE "C"
    GENERATED ALWAYS AS (hookbridge.wanted_keys(tenant, event_types)) STORED;
CREATE INDEX endpoints_wanted ON hookbridge.endpoints USING gin (wanted) WITH (fastupdate = off) WHERE deleted_at IS NULL;

-- Whether one of an endpoint's patterns takes a type.
CREATE FUNCTION hookbridge.takes_type(event_types text, type text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM json_array_elements_text(event_types::json) AS pattern WHERE type ~ (
        '^' || replace(regexp_replace(replace(pattern, '.', '\.'), '\*$', '.+'), '*', '[^.]+') || '$'))
$$;

-- A document as filters read it: null where the engine cannot read it either, which takes 127 levels, no half of a surrogate pair, and no
-- number beyond a double. U+0000 cannot be in a text here: it becomes U+0001 U+0001, and U+0001 becomes U+0001 U+0002, which keeps every
-- order. A whole number beyond 2^53 that is written with an exponent is exact here, and rounded by the engine.
CREATE FUNCTION hookbridge.read_document(given text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    document jsonb;
BEGIN
    IF strpos(given, '\u000') > 0 THEN
        given := regexp_replace(given, '(?<!\\)((?:\\\\)*)\\u0001', '\1\\u0001\\u0002', 'g');
        given := regexp_replace(given, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\u0001\\u0001', 'g');
    END IF;
    BEGIN
        document := given::jsonb;
    EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR numeric_value_out_of_range OR statement_too_complex THEN
        RETURN 'null';
    END;
    IF length(given) - length(translate(given, '[{', '')) >= 128
        AND jsonb_path_exists(document, 'strict $.**{127 to last} ? (@.type() == "array" || @.type() == "object")')
    THEN
        RETURN 'null';
    END IF;
    IF given ~ '[eE]\+?\d{3}|\d{255}' AND jsonb_path_exists(document,
        'strict $.** ? (@.type() == "number" && (@ >= 1.7976931348623158079e308 || @ <= -1.7976931348623158079e308))')
    THEN
        RETURN 'null';
    END IF;
    RETURN document;
END $$;

-- What stands at a JSON pointer (RFC 6901); null where nothing does.
CREATE FUNCTION hookbridge.at_pointer(document jsonb, pointer text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token text;
    kind text;
BEGIN
    FOREACH token IN ARRAY (string_to_array(pointer, '/'))[2:] LOOP
        token := replace(replace(token, '~1', '/'), '~0', '~');
        kind := jsonb_typeof(document);
        IF kind = 'object' THEN
            document := document -> token;
        ELSIF kind = 'array' AND token ~ '^(0|[1-9]\d{0,8})$' THEN
            document := document -> token::integer;
        ELSE
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN document;
END $$;

-- How two values stand to each other: -1, 0 or 1; null where they are not both numbers or both texts. Whole numbers of 64 bits are compared
-- exactly, others as doubles.
CREATE FUNCTION hookbridge.compared(one jsonb, other jsonb) RETURNS integer
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    smallest CONSTANT numeric := 2.5e-324;
    a numeric;
    b numeric;
    x double precision;
    y double precision;
BEGIN
    IF jsonb_typeof(one) = 'string' AND jsonb_typeof(other) = 'string' THEN
        RETURN CASE WHEN (one #>> '{}') COLLATE "C" < (other #>> '{}') COLLATE "C" THEN -1
            WHEN one = other THEN 0 ELSE 1 END;
    ELSIF jsonb_typeof(one) <> 'number' OR jsonb_typeof(other) <> 'number' THEN
        RETURN NULL;
    END IF;
    a := one::numeric;
    b := other::numeric;
    IF scale(a) = 0 AND a BETWEEN -9223372036854775808 AND 18446744073709551615
        AND scale(b) = 0 AND b BETWEEN -9223372036854775808 AND 18446744073709551615
    THEN
        RETURN sign(a - b)::integer;
    END IF;
    -- What is nearer to 0 than any double but 0 would be refused.
    x := CASE WHEN abs(a) < smallest THEN 0 ELSE a::double precision END;
    y := CASE WHEN abs(b) < smallest THEN 0 ELSE b::double precision END;
    RETURN CASE WHEN x < y THEN -1 WHEN x = y THEN 0 ELSE 1 END;
END $$;

-- Whether two values are the same; numbers, where they are equal.
CREATE FUNCTION hookbridge.alike(one jsonb, other jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind text := jsonb_typeof(one);
BEGIN
    IF one = other THEN
        RETURN true;
    ELSIF kind IS DISTINCT FROM jsonb_typeof(other) THEN
        RETURN false;
    ELSIF kind = 'number' THEN
        RETURN hookbridge.compared(one, other) = 0;
    ELSIF kind = 'array' THEN
        RETURN jsonb_array_length(one) = jsonb_array_length(other) AND NOT EXISTS (
            SELECT 1 FROM generate_series(0, jsonb_array_length(one) - 1) AS n WHERE NOT hookbridge.alike(one -> n, other -> n));
    ELSIF kind = 'object' THEN
        RETURN (SELECT count(*) FROM jsonb_object_keys(one)) = (SELECT count(*) FROM jsonb_object_keys(other)) AND NOT EXISTS (
            SELECT 1 FROM jsonb_each(one) AS field WHERE NOT hookbridge.alike(field.value, other -> field.key));
    END IF;
    RETURN false;
END $$;

-- Whether every condition of an endpoint's filter holds for a document.
CREATE FUNCTION hookbridge.filter_takes(filter text, document jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    condition jsonb;
    found jsonb;
    holds boolean;
BEGIN
    FOR condition IN SELECT * FROM jsonb_array_elements(hookbridge.read_document(filter)) LOOP
        found := hookbridge.at_pointer(document, condition ->> 'pointer');
        holds := CASE
            WHEN condition -> 'exists' IS NOT NULL THEN (found IS NOT NULL) = (condition -> 'exists')::boolean
            WHEN found IS NULL THEN false
            WHEN condition -> 'equals' IS NOT NULL THEN hookbridge.alike(found, condition -> 'equals')
            WHEN condition -> 'in' IS NOT NULL THEN
                EXISTS (SELECT 1 FROM jsonb_array_elements(condition -> 'in') AS value WHERE hookbridge.alike(found, value))
            WHEN condition -> 'starts_with' IS NOT NULL THEN
                jsonb_typeof(found) = 'string' AND starts_with(found #>> '{}', condition ->> 'starts_with')
            WHEN condition -> 'greater' IS NOT NULL THEN hookbridge.compared(found, condition -> 'greater') = 1
            ELSE hookbridge.compared(found, condition -> 'less') = -1 END;
        IF holds IS NOT TRUE THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$;

-- The endpoints that want an event, oldest first.
CREATE FUNCTION hookbridge.wanting(tenant text, type text, payload text) RETURNS integer[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    segments text[] := string_to_array(type, '.');
    sure text[];
    perhaps text[];
    lane integer;
    filter text;
    document jsonb;
    lanes integer[] := '{}';
BEGIN
    -- `a.b.c` is taken by `a.b.c`, `*`, `a.*` and `a.b.*`; perhaps by what goes on behind one of these stars.
    SELECT array_agg(coalesce(tenant, '') || E'\n' || key), array_agg(coalesce(tenant, '') || E'\n' || key || '?')
        INTO sure, perhaps FROM (
            SELECT array_to_string(segments[:n], '.') || '.*' AS key FROM generate_series(1, cardinality(segments) - 1) AS n
            UNION ALL SELECT '*') AS keys;
    sure := sure || (coalesce(tenant, '') || E'\n' || type);
    FOR lane, filter IN SELECT e.seq, e.filter FROM hookbridge.endpoints e
        WHERE e.deleted_at IS NULL AND e.wanted && (sure || perhaps)
            AND (e.wanted && sure OR hookbridge.takes_type(e.event_types, wanting.type))
        ORDER BY e.seq
    LOOP
        IF filter IS NOT NULL THEN
            document := coalesce(document, hookbridge.read_document(payload));
            CONTINUE WHEN NOT hookbridge.filter_takes(filter, document);
        END IF;
        lanes := lanes || lane;
    END LOOP;
    RETURN lanes;
END $$;

-- Refuses a payload or an idempotency key that nothing can be sent with.
CREATE FUNCTION hookbridge.check_sent(payload text, idempotency_key text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF octet_length(payload) > 1048576 THEN
        PERFORM hookbridge.refuse('HB413', 'PAYLOAD_TOO_LARGE',
            'the payload has ' || octet_length(payload) || ' bytes; at most 1048576 are allowed');
    END IF;
    IF NOT hookbridge.is_json(payload) THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`payload` must be JSON');
    END IF;
    IF idempotency_key !~ '^[A-Za-z0-9_-]{1,255}$' THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST',
            '`idempotency_key` must be 1 to 255 of letters, digits, `_` and `-`');
    END IF;
END $$;

-- What `options` says, checked. `due_at` is as the outbox keeps it: 0 for at once.
CREATE FUNCTION hookbridge.checked_options(options jsonb, now_ms bigint, OUT ordering_key text, OUT deliver_at bigint,
    OUT expires_at bigint, OUT hours integer, OUT due_at bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before_all CONSTANT bigint := 1000000000000000;
    year CONSTANT bigint := 366::bigint * 24 * 3600 * 1000;
    unknown text;
BEGIN
    due_at := 0;
    IF options IS NULL OR options = 'null' THEN
        RETURN;
    END IF;
    IF jsonb_typeof(options) <> 'object' THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`options` must be an object');
    END IF;
    SELECT k INTO unknown FROM jsonb_object_keys(options) AS k
        WHERE k NOT IN ('ordering_key', 'deliver_at', 'expires_at', 'retention_hours') ORDER BY k LIMIT 1;
    IF unknown IS NOT NULL THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', 'there is no option ' || quote_literal(unknown));
    END IF;
    IF jsonb_typeof(options -> 'retention_hours') = 'number' AND (options ->> 'retention_hours') ~ '^\d{1,5}(\.0+)?$' THEN
        hours := (options ->> 'retention_hours')::numeric;
    ELSIF options ->> 'retention_hours' IS NOT NULL THEN
        hours := -1;
    END IF;
    IF hours NOT BETWEEN 0 AND 87600 THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`retention_hours` must be 0 to 87600');
    END IF;
    deliver_at := hookbridge.checked_moment(options, 'deliver_at');
    expires_at := hookbridge.checked_moment(options, 'expires_at');
    IF deliver_at > now_ms + year THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`deliver_at` must be at most a year ahead');
    END IF;
    IF deliver_at <= now_ms THEN
        deliver_at := NULL;
    END IF;
    IF expires_at <= now_ms THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`expires_at` is past');
    END IF;
    IF expires_at <= deliver_at THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`expires_at` must be after `deliver_at`');
    END IF;
    due_at := coalesce(deliver_at - before_all, 0);
    ordering_key := nullif(options ->> 'ordering_key', '');
    IF char_length(ordering_key) > 255 OR ordering_key ~ '[\u0001-\u001f\u007f-\u009f]'
        OR jsonb_typeof(options -> 'ordering_key') NOT IN ('string', 'null')
    THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST',
            '`ordering_key` must be at most 255 characters, without control characters');
    END IF;
END $$;

-- Locks these endpoints' orders of a key until the transaction ends, and tells those that have a message in front. With a snapshot that is
-- older than the lock, a front that has left since is a serialization failure: nobody would ever let a message behind it go.
CREATE FUNCTION hookbridge.fronts(lanes integer[], ordering_key text) RETURNS integer[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(n) FROM (
        SELECT DISTINCT hashtextextended(ordering_key, lane) AS n FROM unnest(lanes) AS lane ORDER BY n) AS orders;
    RETURN ARRAY(SELECT o.endpoint FROM hookbridge.ordered o
        WHERE o.endpoint = ANY (lanes) AND o.key = ordering_key AND o.in_front FOR KEY SHARE);
END $$;

-- As in version 2, with the checks that it shares with `send_event`, and with the locks that a snapshot older than they are needs.
CREATE OR REPLACE FUNCTION hookbridge.send(
    endpoint_id text,
    payload text,
    headers jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    options jsonb DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    now_ms bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    lane integer;
    message uuid;
    number bigint;
    body bytea;
    hash bytea;
    own_headers text;
    ordering_key text;
    hours integer;
    deliver_at bigint;
    expires_at bigint;
    due_at bigint := 0;
    behind boolean := false;
    known record;
BEGIN
    IF endpoint_id IS NULL OR payload IS NULL THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`endpoint_id` and `payload` are needed');
    END IF;
    PERFORM hookbridge.check_sent(payload, idempotency_key);
    own_headers := hookbridge.checked_headers(headers);
    IF options IS NOT NULL THEN
        SELECT * INTO ordering_key, deliver_at, expires_at, hours, due_at FROM hookbridge.checked_options(options, now_ms);
    END IF;
    IF endpoint_id ~ '^ep_[0-9a-f]{32}$' THEN
        SELECT e.seq INTO lane FROM hookbridge.endpoints e
            WHERE e.id = substring(endpoint_id FROM 4)::uuid AND e.deleted_at IS NULL;
    END IF;
    IF lane IS NULL THEN
        PERFORM hookbridge.refuse('HB404', 'ENDPOINT_NOT_FOUND', 'there is no such endpoint');
    END IF;
    message := hookbridge.new_id();
    body := convert_to(payload, 'UTF8');
    hash := sha256(body);
    -- Again only where the message that has the key goes between the two statements.
    WHILE idempotency_key IS NOT NULL LOOP
        INSERT INTO hookbridge.keys AS k (endpoint, key, message_id, payload_sha256)
            VALUES (lane, idempotency_key, message, hash) ON CONFLICT ON CONSTRAINT keys_pkey DO NOTHING;
        EXIT WHEN FOUND;
        SELECT k.message_id, k.payload_sha256 INTO known FROM hookbridge.keys k
            WHERE k.endpoint = lane AND k.key = idempotency_key;
        CONTINUE WHEN NOT FOUND;
        IF known.payload_sha256 <> hash THEN
            PERFORM hookbridge.refuse('HB409', 'IDEMPOTENCY_MISMATCH',
                'the idempotency key was used for this endpoint with another payload');
        END IF;
        RETURN known.message_id;
    END LOOP;
    IF ordering_key IS NOT NULL THEN
        behind := lane = ANY (hookbridge.fronts(ARRAY[lane], ordering_key));
    END IF;
    number := nextval('hookbridge.message_seq');
    INSERT INTO hookbridge.messages (id, seq, endpoint, status, due_at, xid, size_bytes, payload_sha256, idempotency_key, created_at,
            updated_at, retention_hours, payload_expires_at, ordering_key, deliver_at, expires_at)
        VALUES (message, number, lane, 0, CASE WHEN NOT behind THEN due_at END, pg_current_xact_id(), octet_length(body), hash,
            idempotency_key, now_ms, now_ms, hours,
            CASE WHEN hours > 0 THEN coalesce(deliver_at, now_ms) + hours::bigint * 3600000 END, ordering_key, deliver_at, expires_at);
    INSERT INTO hookbridge.payloads (id, headers, body) VALUES (message, own_headers, body);
    IF ordering_key IS NOT NULL THEN
        -- A front that this transaction cannot see is a serialization failure then.
        INSERT INTO hookbridge.ordered (endpoint, key, seq, id, in_front, held_due_at, expires_at)
            VALUES (lane, ordering_key, number, message, NOT behind, CASE WHEN behind THEN due_at END, expires_at)
            ON CONFLICT (endpoint, key) WHERE in_front DO NOTHING;
    END IF;
    IF NOT behind THEN
        INSERT INTO hookbridge.waiting (endpoint, due_at, xid, seq, id, payload, attempt_count, schedule_start, epoch, created_at,
                retention_hours, ordering_key, deliver_at, expires_at)
            VALUES (lane, due_at, pg_current_xact_id(), number, message, message, 0, 0, 0, now_ms, hours, ordering_key, deliver_at,
                expires_at);
    END IF;
    INSERT INTO hookbridge.uncounted (at, endpoint) VALUES (now_ms - now_ms % 60000, lane);
    RETURN message;
END $$;

-- Accepts an event with a message for every endpoint that wants it, and returns its id.
CREATE FUNCTION hookbridge.send_event(
    type text,
    payload text,
    tenant text DEFAULT NULL,
    headers jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    options jsonb DEFAULT NULL
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    now_ms bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    event uuid;
    event_seq bigint;
    lanes integer[];
    fronts integer[] := '{}';
    body bytea;
    hash bytea;
    own_headers text;
    ordering_key text;
    hours integer;
    deliver_at bigint;
    expires_at bigint;
    due_at bigint := 0;
    known record;
BEGIN
    IF type IS NULL OR payload IS NULL THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`type` and `payload` are needed');
    END IF;
    IF length(type) > 128 OR type !~ '^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$' THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST',
            '`type` must be names of letters, digits, `_` and `-` with dots between them, at most 128 characters');
    END IF;
    tenant := nullif(tenant, '');
    IF char_length(tenant) > 128 OR tenant ~ '[\u0001-\u001f\u007f-\u009f]' THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST',
            '`tenant` must be at most 128 characters, without control characters');
    END IF;
    PERFORM hookbridge.check_sent(payload, idempotency_key);
    own_headers := hookbridge.checked_headers(headers);
    IF options IS NOT NULL THEN
        SELECT * INTO ordering_key, deliver_at, expires_at, hours, due_at FROM hookbridge.checked_options(options, now_ms);
    END IF;
    IF EXISTS (SELECT 1 FROM hookbridge.secrets WHERE name = 'relay') THEN
        PERFORM hookbridge.refuse('HB400', 'NOT_SUPPORTED', 'this database is a relay''s, which knows no subscriptions');
    END IF;
    event := hookbridge.new_id();
    body := convert_to(payload, 'UTF8');
    hash := sha256(body);
    -- Again only where the event that has the key goes between the two statements.
    WHILE idempotency_key IS NOT NULL LOOP
        INSERT INTO hookbridge.event_keys AS k (tenant, key, event_id) VALUES (coalesce(tenant, ''), idempotency_key, event)
            ON CONFLICT ON CONSTRAINT event_keys_pkey DO NOTHING;
        EXIT WHEN FOUND;
        SELECT v.id, v.type, v.payload_sha256 INTO known FROM hookbridge.event_keys k JOIN hookbridge.events v ON v.id = k.event_id
            WHERE k.tenant = coalesce(tenant, '') AND k.key = idempotency_key;
        CONTINUE WHEN NOT FOUND;
        IF known.type <> type OR known.payload_sha256 <> hash THEN
            PERFORM hookbridge.refuse('HB409', 'IDEMPOTENCY_MISMATCH',
                'the idempotency key was used for this tenant with another type or payload');
        END IF;
        RETURN 'evt_' || replace(known.id::text, '-', '');
    END LOOP;
    lanes := hookbridge.wanting(tenant, type, payload);
    INSERT INTO hookbridge.events (id, type, tenant, idempotency_key, ordering_key, size_bytes, payload_sha256, created_at, deliver_at,
            expires_at, retention_hours, matched, needed_by, unwanted_until)
        VALUES (event, type, tenant, idempotency_key, ordering_key, octet_length(body), hash, now_ms, deliver_at, expires_at, hours,
            cardinality(lanes), cardinality(lanes),
            CASE WHEN lanes = '{}' THEN coalesce(deliver_at, now_ms) + hours::bigint * 3600000 END)
        RETURNING seq INTO event_seq;
    INSERT INTO hookbridge.payloads (id, headers, body) VALUES (event, own_headers, body);
    IF ordering_key IS NOT NULL THEN
        fronts := hookbridge.fronts(lanes, ordering_key);
    END IF;
    WITH made AS MATERIALIZED (
        SELECT hookbridge.new_id() AS id, nextval('hookbridge.message_seq') AS number, lane, lane = ANY (fronts) AS behind
        FROM unnest(lanes) AS lane
    ), m AS (
        INSERT INTO hookbridge.messages (id, seq, endpoint, status, due_at, xid, size_bytes, payload_sha256, created_at, updated_at,
            retention_hours, payload_expires_at, event, ordering_key, deliver_at, expires_at)
        SELECT id, number, lane, 0, CASE WHEN NOT behind THEN due_at END, pg_current_xact_id(), octet_length(body), hash, now_ms,
            now_ms, hours, CASE WHEN hours > 0 THEN coalesce(deliver_at, now_ms) + hours::bigint * 3600000 END, event_seq,
            ordering_key, deliver_at, expires_at
        FROM made
    ), o AS (
        INSERT INTO hookbridge.ordered (endpoint, key, seq, id, in_front, held_due_at, expires_at)
        SELECT lane, ordering_key, number, id, NOT behind, CASE WHEN behind THEN due_at END, expires_at
        FROM made WHERE ordering_key IS NOT NULL
        ON CONFLICT (endpoint, key) WHERE in_front DO NOTHING
    ), u AS (
        INSERT INTO hookbridge.uncounted (at, endpoint) SELECT now_ms - now_ms % 60000, lane FROM made
    )
    INSERT INTO hookbridge.waiting (endpoint, due_at, xid, seq, id, payload, attempt_count, schedule_start, epoch, created_at,
        retention_hours, event, ordering_key, deliver_at, expires_at)
    SELECT lane, due_at, pg_current_xact_id(), number, id, event, 0, 0, 0, now_ms, hours, event_seq, ordering_key, deliver_at,
        expires_at
    FROM made WHERE NOT behind;
    RETURN 'evt_' || replace(event::text, '-', '');
END $$;

-- The same for a document of type `json` or `jsonb`.
CREATE FUNCTION hookbridge.send_event(
    type text,
    payload json,
    tenant text DEFAULT NULL,
    headers jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    options jsonb DEFAULT NULL
) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT hookbridge.send_event(type, payload::text, tenant, headers, idempotency_key, options)
$$;
CREATE FUNCTION hookbridge.send_event(
    type text,
    payload jsonb,
    tenant text DEFAULT NULL,
    headers jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    options jsonb DEFAULT NULL
) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT hookbridge.send_event(type, payload::text, tenant, headers, idempotency_key, options)
$$;

-- The messages of an event, those of the oldest endpoint first. Whoever has the event's id may see them.
CREATE FUNCTION hookbridge.event_messages(event_id text) RETURNS TABLE (message_id uuid, endpoint_id text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    event_seq bigint;
BEGIN
    IF event_id ~ '^evt_[0-9a-f]{32}$' THEN
        SELECT v.seq INTO event_seq FROM hookbridge.events v WHERE v.id = substring(event_id FROM 5)::uuid;
    END IF;
    IF event_seq IS NULL THEN
        PERFORM hookbridge.refuse('HB404', 'NOT_FOUND', 'there is no such event');
    END IF;
    RETURN QUERY SELECT m.id, 'ep_' || replace(e.id::text, '-', '') FROM hookbridge.messages m
        JOIN hookbridge.endpoints e ON e.seq = m.endpoint WHERE m.event = event_seq ORDER BY m.endpoint;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hookbridge FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hookbridge_producer') THEN
        GRANT EXECUTE ON FUNCTION hookbridge.send_event(text, text, text, jsonb, text, jsonb),
            hookbridge.send_event(text, json, text, jsonb, text, jsonb),
            hookbridge.send_event(text, jsonb, text, jsonb, text, jsonb),
            hookbridge.event_messages(text) TO hookbridge_producer;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hookbridge_sidecar') THEN
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA hookbridge TO hookbridge_sidecar;
    END IF;
END $$;
