-- Version 2. Sending from SQL: `hookbridge.send(...)` in the application's own transaction, with any driver. A message that is sent so is
-- there when that transaction commits, and never was when it rolls back.
--
-- A refusal has a SQLSTATE of the class HB (HB400, HB404, HB409, HB413), the code as DETAIL, and the message `CODE: why`. What the
-- checks are stands in docs/contract.md#send; they are those of the engine.

-- Messages that were sent from SQL and are not counted yet. A counter would have transactions that stay open wait for each other.
CREATE TABLE hookbridge.uncounted (at bigint NOT NULL, endpoint integer NOT NULL);

CREATE FUNCTION hookbridge.refuse(state text, code text, why text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = code || ': ' || why, DETAIL = code;
END $$;

-- RFC 9562: 48 bits of milliseconds, then random bits. Bit n of a `bytea` is bit n % 8 from the right of byte n / 8.
CREATE FUNCTION hookbridge.new_id() RETURNS uuid
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        52, 1), 53, 1), 'hex')::uuid
$$;

-- Whether a text is JSON. Its subtransaction writes nothing, and so has no number.
CREATE FUNCTION hookbridge.is_json(given text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM given::json;
    RETURN true;
EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR statement_too_complex THEN
    RETURN false;
END $$;

-- A message's own headers, checked, as they are stored; null for none.
CREATE FUNCTION hookbridge.checked_headers(headers jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text;
    value jsonb;
    folded text;
    seen text[] := '{}';
    bytes bigint := 0;
BEGIN
    IF headers IS NULL OR headers = 'null' OR headers = '{}' THEN
        RETURN NULL;
    END IF;
    IF jsonb_typeof(headers) <> 'object' THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`headers` must be an object of strings');
    END IF;
    FOR name, value IN SELECT * FROM jsonb_each(headers) LOOP
        IF jsonb_typeof(value) <> 'string' THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`headers` must be an object of strings');
        END IF;
        bytes := bytes + octet_length(name) + octet_length(value #>> '{}');
        IF name !~ '^[!#$%&''*+.^_`|~0-9A-Za-z-]+$' THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_HEADERS', '`' || quote_literal(name) || '` is not a valid header name');
        END IF;
        IF (value #>> '{}') ~ '[\x01-\x08\x0a-\x1f\x7f]' THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_HEADERS',
                'the value of `' || name || '` has characters that a header must not have');
        END IF;
        -- A receiver may take names for one that differ in case, or in what is no letter or digit.
        folded := regexp_replace(lower(name), '[^a-z0-9]', '-', 'g');
        IF folded IN ('host', 'content-length', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te',
                'trailer', 'proxy', 'content-type', 'http2-settings', 'expect', 'authorization', 'cookie')
            OR folded LIKE 'proxy-%' OR folded LIKE 'x-webhook-%' OR folded LIKE 'webhook-%'
        THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_HEADERS', 'the header `' || name || '` is not allowed here');
        END IF;
        IF folded = ANY (seen) THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_HEADERS', 'the header `' || name || '` is given twice');
        END IF;
        seen := seen || folded;
    END LOOP;
    IF cardinality(seen) > 50 THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_HEADERS',
            'there are ' || cardinality(seen) || ' headers; at most 50 are allowed');
    END IF;
    IF bytes > 8192 THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_HEADERS', 'the headers have ' || bytes || ' bytes; at most 8192 are allowed');
    END IF;
    RETURN headers::text;
END $$;

-- A moment of `options`, in milliseconds; null for none.
CREATE FUNCTION hookbridge.checked_moment(options jsonb, name text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given text := options ->> name;
BEGIN
    IF given IS NULL THEN
        RETURN NULL;
    END IF;
    IF given !~ '^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$' THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`' || name || '` must be a time as in RFC 3339');
    END IF;
    RETURN floor(extract(epoch FROM given::timestamptz) * 1000)::bigint;
END $$;

-- Accepts a message for one endpoint, and returns its id. What else there is to say goes into `options`: ordering_key, deliver_at,
-- expires_at, retention_hours.
CREATE FUNCTION hookbridge.send(
    endpoint_id text,
    payload text,
    headers jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    options jsonb DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    before_all CONSTANT bigint := 1000000000000000;
    year CONSTANT bigint := 366::bigint * 24 * 3600 * 1000;
    now_ms bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    lane integer;
    message uuid;
    number bigint;
    body bytea;
    hash bytea;
    own_headers text;
    ordering_key text := nullif(options ->> 'ordering_key', '');
    hours integer;
    deliver_at bigint;
    expires_at bigint;
    unknown text;
    due_at bigint := 0;
    behind boolean := false;
    known record;
BEGIN
    IF endpoint_id IS NULL OR payload IS NULL THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`endpoint_id` and `payload` are needed');
    END IF;
    IF octet_length(payload) > 1048576 THEN
        PERFORM hookbridge.refuse('HB413', 'PAYLOAD_TOO_LARGE',
            'the payload has ' || octet_length(payload) || ' bytes; at most 1048576 are allowed');
    END IF;
    IF NOT hookbridge.is_json(payload) THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`payload` must be JSON');
    END IF;
    own_headers := hookbridge.checked_headers(headers);
    IF idempotency_key IS NOT NULL AND idempotency_key !~ '^[A-Za-z0-9_-]{1,255}$' THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST',
            '`idempotency_key` must be 1 to 255 of letters, digits, `_` and `-`');
    END IF;
    IF options IS NOT NULL AND options <> 'null' THEN
        IF jsonb_typeof(options) <> 'object' THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`options` must be an object');
        END IF;
        SELECT k INTO unknown FROM jsonb_object_keys(options) AS k
            WHERE k NOT IN ('ordering_key', 'deliver_at', 'expires_at', 'retention_hours') ORDER BY k LIMIT 1;
        IF unknown IS NOT NULL THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', 'there is no option ' || quote_literal(unknown));
        END IF;
        IF jsonb_typeof(options -> 'retention_hours') = 'number' AND (options ->> 'retention_hours') ~ '^\d{1,5}$' THEN
            hours := (options ->> 'retention_hours')::integer;
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
        IF char_length(ordering_key) > 255 OR ordering_key ~ '[[:cntrl:]]'
            OR jsonb_typeof(options -> 'ordering_key') NOT IN ('string', 'null')
        THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST',
                '`ordering_key` must be at most 255 characters, without control characters');
        END IF;
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
    IF idempotency_key IS NOT NULL THEN
        INSERT INTO hookbridge.keys AS k (endpoint, key, message_id, payload_sha256)
            VALUES (lane, idempotency_key, message, hash) ON CONFLICT ON CONSTRAINT keys_pkey DO NOTHING;
        IF NOT FOUND THEN
            SELECT k.message_id, k.payload_sha256 INTO known FROM hookbridge.keys k
                WHERE k.endpoint = lane AND k.key = idempotency_key;
            IF known.payload_sha256 IS DISTINCT FROM hash THEN
                PERFORM hookbridge.refuse('HB409', 'IDEMPOTENCY_MISMATCH',
                    'the idempotency key was used for this endpoint with another payload');
            END IF;
            RETURN known.message_id;
        END IF;
    END IF;
    IF deliver_at IS NOT NULL THEN
        due_at := deliver_at - before_all;
    END IF;
    IF ordering_key IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(ordering_key, lane));
        behind := EXISTS (SELECT 1 FROM hookbridge.ordered o
            WHERE o.endpoint = lane AND o.key = ordering_key AND o.in_front);
    END IF;
    number := nextval('hookbridge.message_seq');
    INSERT INTO hookbridge.messages (id, seq, endpoint, status, due_at, xid, size_bytes, payload_sha256, idempotency_key, created_at,
            updated_at, retention_hours, payload_expires_at, ordering_key, deliver_at, expires_at)
        VALUES (message, number, lane, 0, CASE WHEN NOT behind THEN due_at END, pg_current_xact_id(), octet_length(body), hash,
            idempotency_key, now_ms, now_ms, hours,
            CASE WHEN hours > 0 THEN coalesce(deliver_at, now_ms) + hours::bigint * 3600000 END, ordering_key, deliver_at, expires_at);
    INSERT INTO hookbridge.payloads (id, headers, body) VALUES (message, own_headers, body);
    IF ordering_key IS NOT NULL THEN
        INSERT INTO hookbridge.ordered (endpoint, key, seq, id, in_front, held_due_at, expires_at)
            VALUES (lane, ordering_key, number, message, NOT behind, CASE WHEN behind THEN due_at END, expires_at);
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

-- The same for a document of type `json` or `jsonb`. The latter has lost the spacing and the order of its keys before it comes here.
CREATE FUNCTION hookbridge.send(
    endpoint_id text,
    payload json,
    headers jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    options jsonb DEFAULT NULL
) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT hookbridge.send(endpoint_id, payload::text, headers, idempotency_key, options)
$$;
CREATE FUNCTION hookbridge.send(
    endpoint_id text,
    payload jsonb,
    headers jsonb DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    options jsonb DEFAULT NULL
) RETURNS uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT hookbridge.send(endpoint_id, payload::text, headers, idempotency_key, options)
$$;

-- Several messages: an array of objects with `endpoint_id`, `payload`, `headers`, `idempotency_key` and what else `options` may have.
-- Their ids come in the same order; one that is refused has all of them refused.
CREATE FUNCTION hookbridge.send_many(messages json) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one json;
    options jsonb;
BEGIN
    IF json_typeof(messages) IS DISTINCT FROM 'array' OR json_array_length(messages) > 1000 THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`messages` must be an array of at most 1000');
    END IF;
    FOR one IN SELECT * FROM json_array_elements(messages) LOOP
        IF json_typeof(one) <> 'object' THEN
            PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', 'a message must be an object');
        END IF;
        SELECT jsonb_object_agg(key, value) INTO options FROM json_each(one)
            WHERE key NOT IN ('endpoint_id', 'payload', 'headers', 'idempotency_key');
        RETURN NEXT hookbridge.send(one ->> 'endpoint_id', (one -> 'payload')::text, (one -> 'headers')::jsonb,
            one ->> 'idempotency_key', options);
    END LOOP;
END $$;

-- Functions are everybody's until that is taken back.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hookbridge FROM PUBLIC;

-- Roles to give to an application's, a sidecar's and an onlooker's own role: `GRANT hookbridge_producer TO app`. They are made where the
-- owner may make roles; where it may not, whoever may makes them first, or grants by hand what stands here.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['hookbridge_producer', 'hookbridge_sidecar', 'hookbridge_reader'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = role) THEN
            IF (SELECT rolsuper OR rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
                -- Another database of the same server may be migrated at this moment.
                BEGIN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', role);
                EXCEPTION WHEN duplicate_object OR unique_violation THEN
                    NULL;
                END;
            ELSE
                CONTINUE;
            END IF;
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA hookbridge TO %I', role);
        IF role = 'hookbridge_producer' THEN
            GRANT EXECUTE ON FUNCTION hookbridge.send(text, text, jsonb, text, jsonb), hookbridge.send(text, json, jsonb, text, jsonb),
                hookbridge.send(text, jsonb, jsonb, text, jsonb), hookbridge.send_many(json) TO hookbridge_producer;
        ELSIF role = 'hookbridge_sidecar' THEN
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hookbridge TO hookbridge_sidecar;
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA hookbridge TO hookbridge_sidecar;
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA hookbridge TO hookbridge_sidecar;
        ELSE
            GRANT SELECT ON ALL TABLES IN SCHEMA hookbridge TO hookbridge_reader;
            REVOKE ALL ON hookbridge.secrets, hookbridge.signing_keys, hookbridge.api_keys, hookbridge.login_codes FROM hookbridge_reader;
        END IF;
    END LOOP;
END $$;
