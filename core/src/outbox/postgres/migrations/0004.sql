-- Version 4. Retention. Messages, payloads and attempts lie in partitions by the time in their ids; `maintain` makes them ahead of
-- time, and drops those whose rows are past their retention. What such a partition still keeps moves into the DEFAULT partition.

-- The messages that changed long after their acceptance, and when: what a partition that is due to be dropped still keeps, apart from
-- what waits. Whoever changes a message notes it here (core/src/outbox/postgres/rows.rs).
CREATE TABLE hookbridge.late_changes (id uuid PRIMARY KEY, changed_at bigint NOT NULL) WITH (fillfactor = 90);

-- No outcome changes these columns.
CREATE INDEX messages_payload_expires ON hookbridge.messages (payload_expires_at) WHERE payload_expires_at IS NOT NULL;
CREATE INDEX messages_deliver_at ON hookbridge.messages (deliver_at) WHERE deliver_at IS NOT NULL;
CREATE INDEX events_deliver_at ON hookbridge.events (deliver_at) WHERE deliver_at IS NOT NULL;
CREATE INDEX events_unwanted ON hookbridge.events (unwanted_until) WHERE unwanted_until IS NOT NULL;
CREATE INDEX keys_of_message ON hookbridge.keys (message_id);
CREATE INDEX dead_letters_by_id ON hookbridge.dead_letters (id);

-- The partitions with their bounds, which DEFAULT has none of.
CREATE VIEW hookbridge.partitions AS
    SELECT p.relname AS parent, c.relname AS name,
        CASE WHEN b.bounds <> 'DEFAULT' THEN coalesce(substring(b.bounds FROM 'FROM \(''([0-9a-f-]{36})''\)'),
            '00000000-0000-0000-0000-000000000000')::uuid END AS lower,
        CASE WHEN b.bounds <> 'DEFAULT' THEN coalesce(substring(b.bounds FROM 'TO \(''([0-9a-f-]{36})''\)'),
            'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid END AS upper
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
    JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
    JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace
    CROSS JOIN LATERAL (SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bounds) AS b
    WHERE n.nspname = 'hookbridge' AND p.relkind = 'p' AND p.relname IN ('messages', 'payloads', 'attempts');

-- The least id of a moment.
CREATE FUNCTION hookbridge.first_id(ms bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT rpad(encode(substring(int8send(greatest(ms, 0)) FROM 3), 'hex'), 32, '0')::uuid
$$;

-- Up to `most` ids in a range of `parent` that are still kept although the partition is due: what waits, was scheduled for a later time,
-- or has changed since. All of it is found by indexes, or in tables that are small beside the partition.
CREATE FUNCTION hookbridge.kept(parent name, lower uuid, upper uuid, now_ms bigint, payloads_ms bigint, rows_ms bigint, most integer)
    RETURNS uuid[]
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    found uuid[];
BEGIN
    IF parent = 'messages' THEN
        SELECT array_agg(c.id) INTO found FROM (
            SELECT w.id FROM hookbridge.waiting w WHERE w.id >= lower AND w.id < upper
            UNION SELECT o.id FROM hookbridge.ordered o WHERE o.id >= lower AND o.id < upper
            UNION SELECT l.id FROM hookbridge.late_changes l WHERE l.id >= lower AND l.id < upper AND l.changed_at >= rows_ms
            -- What is not freed yet must not name a message that is gone.
            UNION SELECT k.message_id FROM hookbridge.keys k WHERE k.message_id >= lower AND k.message_id < upper
            UNION SELECT d.id FROM hookbridge.dead_letters d WHERE d.id >= lower AND d.id < upper
            LIMIT most) AS c;
    ELSIF parent = 'payloads' THEN
        SELECT array_agg(c.id) INTO found FROM (
            SELECT w.payload AS id FROM hookbridge.waiting w WHERE w.payload >= lower AND w.payload < upper
            UNION SELECT coalesce(v.id, m.id) FROM hookbridge.ordered o JOIN hookbridge.messages m ON m.id = o.id
                LEFT JOIN hookbridge.events v ON v.seq = m.event
                WHERE o.held_due_at IS NOT NULL AND coalesce(v.id, m.id) >= lower AND coalesce(v.id, m.id) < upper
            UNION SELECT m.id FROM hookbridge.messages m
                WHERE m.id >= lower AND m.id < upper AND m.event IS NULL AND m.deliver_at >= payloads_ms
                    AND m.payload_expires_at IS NULL
            UNION SELECT m.id FROM hookbridge.messages m
                WHERE m.id >= lower AND m.id < upper AND m.event IS NULL AND m.payload_expires_at >= now_ms
            UNION SELECT v.id FROM hookbridge.events v WHERE v.id >= lower AND v.id < upper AND v.deliver_at >= payloads_ms
            LIMIT most) AS c;
    ELSE
        -- The partition of their messages has gone: these are in DEFAULT.
        SELECT array_agg(c.id) INTO found FROM (
            SELECT m.id FROM hookbridge.messages m WHERE m.id >= lower AND m.id < upper LIMIT most) AS c;
    END IF;
    RETURN coalesce(found, '{}');
END $$;

-- Makes one partition that is missing, or drops one that is due, and says which in `done`; null where there is nothing to do. To be
-- called again until then. `busy` are tables whose lock others held, to be tried later and spared until then: whoever waits for a lock
-- has others wait behind. `kept` are partitions that are due and still keep too much to be moved, which go row by row.
CREATE FUNCTION hookbridge.maintain(
    payload_retention interval DEFAULT '720 hours',
    row_retention interval DEFAULT '90 days',
    width interval DEFAULT '7 days',
    ahead integer DEFAULT 12,
    as_of timestamptz DEFAULT NULL,
    spare text[] DEFAULT '{}',
    OUT done text,
    OUT busy text[],
    OUT kept text[]
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    the_lock CONSTANT bigint := x'686f6f6b6d61696e'::bigint;
    -- Weeks begin on a Monday.
    monday CONSTANT bigint := 345600000;
    -- A change is noted that comes two days after a message (LATE in rows.rs). A day more, for clocks that differ.
    unnoted CONSTANT bigint := 3 * 86400000;
    most_moved CONSTANT integer := 5000;
    most_bytes CONSTANT bigint := 16777216;
    now_ms CONSTANT bigint := floor(extract(epoch FROM least(as_of, clock_timestamp())) * 1000)::bigint;
    payloads_ms CONSTANT bigint := now_ms - (extract(epoch FROM payload_retention) * 1000)::bigint;
    rows_ms CONSTANT bigint := now_ms - (extract(epoch FROM row_retention) * 1000)::bigint;
    wide CONSTANT bigint := (extract(epoch FROM width) * 1000)::bigint;
    this_one bigint;
    has_rows boolean;
    part record;
    ids uuid[];
    columns text;
    bytes bigint := 0;
    moved bigint;
BEGIN
    busy := '{}';
    kept := '{}';
    IF wide < 1000 OR ahead NOT BETWEEN 0 AND 520 OR payload_retention IS NULL OR row_retention IS NULL THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`width` must be at least a second, and `ahead` 0 to 520');
    END IF;
    -- It must see what was committed while it waited for a lock.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        PERFORM hookbridge.refuse('HB400', 'INVALID_REQUEST', '`maintain` must run in a transaction that is READ COMMITTED');
    END IF;
    IF NOT pg_try_advisory_xact_lock(the_lock) THEN
        busy := ARRAY['maintain'];
        RETURN;
    END IF;
    this_one := now_ms - mod(now_ms - monday, wide);

    -- Made beside and then attached, which locks the DEFAULT partition alone.
    FOR part IN
        WITH known AS MATERIALIZED (SELECT * FROM hookbridge.partitions)
        SELECT family.parent, family.id_column,
            family.parent || '_' || to_char(to_timestamp(range.starts_at / 1000) AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS') AS name,
            hookbridge.first_id(range.starts_at) AS lower, hookbridge.first_id(range.starts_at + wide) AS upper
        FROM generate_series(this_one, this_one + ahead * wide, wide) AS range (starts_at)
        CROSS JOIN (VALUES (1, 'messages', 'id'), (2, 'payloads', 'id'), (3, 'attempts', 'message_id')) AS family (n, parent, id_column)
        WHERE NOT EXISTS (SELECT FROM known k WHERE k.parent = family.parent
            AND k.lower < hookbridge.first_id(range.starts_at + wide) AND k.upper > hookbridge.first_id(range.starts_at))
        ORDER BY range.starts_at, family.n
    LOOP
        CONTINUE WHEN part.parent::text = ANY (spare || busy);
        EXECUTE format('SELECT EXISTS (SELECT FROM hookbridge.%I WHERE %I >= $1 AND %2$I < $2)', part.parent || '_default', part.id_column)
            INTO has_rows USING part.lower, part.upper;
        -- Its rows go one by one.
        CONTINUE WHEN has_rows;
        BEGIN
            EXECUTE format('CREATE TABLE hookbridge.%I (LIKE hookbridge.%I INCLUDING ALL)%s', part.name, part.parent,
                CASE part.parent WHEN 'messages' THEN ' WITH (fillfactor = 85)' ELSE '' END);
            EXECUTE format('ALTER TABLE hookbridge.%I ATTACH PARTITION hookbridge.%I FOR VALUES FROM (%L) TO (%L)', part.parent, part.name,
                part.lower, part.upper);
            done := 'made ' || part.name;
            RETURN;
        EXCEPTION WHEN lock_not_available OR check_violation OR duplicate_table THEN
            busy := busy || part.parent::text;
        END;
    END LOOP;

    FOR part IN
        SELECT p.* FROM hookbridge.partitions p
        WHERE p.upper <= CASE p.parent WHEN 'payloads' THEN hookbridge.first_id(payloads_ms)
                ELSE hookbridge.first_id(rows_ms - unnoted) END
            -- Attempts go after their messages.
            AND NOT (p.parent = 'attempts' AND EXISTS (SELECT FROM hookbridge.partitions m
                WHERE m.parent = 'messages' AND m.lower < p.upper AND m.upper > p.lower))
        ORDER BY p.upper, p.parent DESC
    LOOP
        CONTINUE WHEN part.parent::text = ANY (spare || busy);
        -- Without a lock first: no one waits for what will not be done.
        ids := hookbridge.kept(part.parent, part.lower, part.upper, now_ms, payloads_ms, rows_ms, most_moved + 1);
        IF part.parent = 'payloads' AND cardinality(ids) > 0 THEN
            EXECUTE format('SELECT coalesce(sum(octet_length(body)), 0) FROM hookbridge.%I WHERE id = ANY ($1)', part.name)
                INTO bytes USING ids;
        END IF;
        IF cardinality(ids) > most_moved OR bytes > most_bytes THEN
            kept := kept || part.name::text;
            bytes := 0;
            CONTINUE;
        END IF;
        BEGIN
            -- CONCURRENTLY is not to be had beside a DEFAULT partition.
            EXECUTE format('ALTER TABLE hookbridge.%I DETACH PARTITION hookbridge.%I', part.parent, part.name);
            ids := hookbridge.kept(part.parent, part.lower, part.upper, now_ms, payloads_ms, rows_ms, NULL);
            SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_attribute a
                WHERE a.attrelid = format('hookbridge.%I', part.parent)::regclass AND a.attnum > 0 AND NOT a.attisdropped;
            EXECUTE format('INSERT INTO hookbridge.%I (%s) SELECT %2$s FROM hookbridge.%I WHERE %I = ANY ($1)', part.parent, columns,
                part.name, CASE part.parent WHEN 'attempts' THEN 'message_id' ELSE 'id' END) USING ids;
            GET DIAGNOSTICS moved = ROW_COUNT;
            EXECUTE format('DROP TABLE hookbridge.%I', part.name);
            done := format('dropped %s, %s rows moved', part.name, moved);
            RETURN;
        EXCEPTION WHEN lock_not_available OR dependent_objects_still_exist THEN
            busy := busy || part.parent::text;
        END;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION hookbridge.first_id(bigint), hookbridge.kept(name, uuid, uuid, bigint, bigint, bigint, integer),
    hookbridge.maintain(interval, interval, interval, integer, timestamptz, text[]) FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hookbridge_sidecar') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON hookbridge.late_changes TO hookbridge_sidecar;
        GRANT SELECT ON hookbridge.partitions TO hookbridge_sidecar;
        GRANT EXECUTE ON FUNCTION hookbridge.maintain(interval, interval, interval, integer, timestamptz, text[]) TO hookbridge_sidecar;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hookbridge_reader') THEN
        GRANT SELECT ON hookbridge.late_changes, hookbridge.partitions TO hookbridge_reader;
    END IF;
    -- This week's and the next one's from the beginning, so that little comes to lie in DEFAULT. The others are a sidecar's to make.
    FOR n IN 1..10 LOOP
        EXIT WHEN (SELECT done FROM hookbridge.maintain(ahead => 1)) IS NULL;
    END LOOP;
END $$;
