-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "hash" BYTEA NOT NULL DEFAULT '\x'::bytea,
ADD COLUMN     "key_id" UUID,
ADD COLUMN     "previous" BYTEA NOT NULL DEFAULT '\x'::bytea;

-- CreateTable
CREATE TABLE "audit_seals" (
    "event_id" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "mac" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_seals_pkey" PRIMARY KEY ("event_id")
);

-- A text with its length in bytes before it, or "-" for null: parts that stand one after the other cannot be taken for others.
CREATE FUNCTION audit_part(part TEXT) RETURNS TEXT LANGUAGE sql STABLE AS $$
    SELECT coalesce(length(convert_to(part, 'UTF8')) || ':' || part, '-')
$$;

-- docs/audit.md describes it; src/access/audit-chain.ts does the same.
CREATE FUNCTION audit_event_hash(event "audit_events") RETURNS BYTEA LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(
        encode(event.previous, 'hex')
        || audit_part(event.id::text)
        || audit_part(to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        || audit_part(event.actor) || audit_part(event.key_id::text)
        || audit_part(event.operation) || audit_part(event.outcome) || audit_part(event.code)
        || audit_part(event.project) || audit_part(event.request_id) || audit_part(event.via)
        || coalesce((
            SELECT string_agg(audit_part(key) || audit_part(value), '' ORDER BY key COLLATE "C")
            FROM jsonb_each_text(event.target)
        ), ''),
        'UTF8'))
$$;

-- One at a time, across all replicas, until the event is committed: the next one sees it, so the chain never forks.
CREATE FUNCTION audit_event_append() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    newest RECORD;
BEGIN
    PERFORM pg_advisory_xact_lock(7082303);
    SELECT id, hash INTO newest FROM "audit_events" ORDER BY id DESC LIMIT 1;
    NEW.id := coalesce(newest.id, 0) + 1;
    NEW.at := date_trunc('milliseconds', clock_timestamp());
    NEW.previous := coalesce(newest.hash, decode(repeat('00', 32), 'hex'));
    NEW.hash := audit_event_hash(NEW);
    RETURN NEW;
END
$$;

CREATE FUNCTION audit_refuse_change() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME;
END
$$;

-- Events from before the chain are linked as they stand.
DO $$
DECLARE
    event "audit_events";
    before BYTEA := decode(repeat('00', 32), 'hex');
BEGIN
    FOR event IN SELECT * FROM "audit_events" ORDER BY id LOOP
        event.previous := before;
        before := audit_event_hash(event);
        UPDATE "audit_events" SET previous = event.previous, hash = before WHERE id = event.id;
    END LOOP;
END
$$;

CREATE TRIGGER audit_events_append BEFORE INSERT ON "audit_events"
    FOR EACH ROW EXECUTE FUNCTION audit_event_append();
CREATE TRIGGER audit_events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seals_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_seals"
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
