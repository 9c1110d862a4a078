-- CreateTable
CREATE TABLE "domain_events" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "position" BIGINT,
    "type" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "project" TEXT,
    "host" TEXT,
    "volume" TEXT,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "domain_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "domain_events_position_key" ON "domain_events"("position");

-- CreateIndex
CREATE INDEX "domain_events_project_position_idx" ON "domain_events"("project", "position");

-- CreateIndex
CREATE INDEX "domain_events_recorded_at_idx" ON "domain_events"("recorded_at");

-- Serial numbers that are given when a row is inserted appear in another order than they were given: a transaction that began
-- earlier may commit later, and a reader who has gone past its numbers never sees them. So an event gets its position last of
-- all, when its transaction commits, and only one transaction does that at a time: the lock is held until its rows are visible.
CREATE SEQUENCE "domain_event_positions";

CREATE FUNCTION "publish_domain_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7082302);
    UPDATE "domain_events" SET "position" = nextval('domain_event_positions') WHERE "id" = NEW."id";
    -- In the form of src/database/notices.ts; heard when the transaction has committed, once for all its events.
    PERFORM pg_notify('stowage_notices', '{"topic":"event","id":"*"}');
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER "publish_domain_event" AFTER INSERT ON "domain_events"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "publish_domain_event"();
