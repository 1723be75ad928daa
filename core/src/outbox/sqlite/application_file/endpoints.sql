-- HookBridge, if wanted: a list of the endpoints, which the sidecar keeps, so that a send to an unknown one is refused at once. As long
-- as no sidecar has filled it, it refuses nothing. An endpoint that was just created is on it within a second.
CREATE TABLE hookbridge_endpoint (id TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;

CREATE TRIGGER hookbridge_send_endpoint BEFORE INSERT ON hookbridge_send
WHEN NOT EXISTS (SELECT 1 FROM hookbridge_endpoint WHERE id = NEW.endpoint_id) AND EXISTS (SELECT 1 FROM hookbridge_endpoint)
    AND length(NEW.endpoint_id) = 35
BEGIN
    SELECT RAISE(ABORT, 'ENDPOINT_NOT_FOUND: there is no such endpoint');
END;
