-- Version 5. The bytes of exports, in pieces of one size, which every process can read. `writer` has the right to write an export, until its
-- `beat` has not changed for a lease and another takes it; `bytes` is how much is written.

ALTER TABLE hookbridge.exports
    ADD COLUMN writer uuid,
    ADD COLUMN beat bigint NOT NULL DEFAULT 0,
    ADD COLUMN bytes bigint NOT NULL DEFAULT 0;

-- Without a foreign key: a long export goes piece by piece, and not in the transaction that deletes its row.
CREATE TABLE hookbridge.export_chunks (
    export_id uuid NOT NULL,
    n integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (export_id, n)
);

DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hookbridge_sidecar') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON hookbridge.export_chunks TO hookbridge_sidecar;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'hookbridge_reader') THEN
        GRANT SELECT ON hookbridge.export_chunks TO hookbridge_reader;
    END IF;
END $$;
