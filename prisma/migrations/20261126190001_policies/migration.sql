-- CreateTable
CREATE TABLE "data_classes" (
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "rpo_seconds" INTEGER,
    "rto_seconds" INTEGER,
    "schedule" JSONB,
    "keep" JSONB NOT NULL,
    "last_run_at" TIMESTAMPTZ(3),
    "next_run_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "data_classes_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "backup_policies" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "project" TEXT,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "selector" JSONB NOT NULL,
    "schedule" JSONB NOT NULL,
    "jitter_seconds" INTEGER NOT NULL DEFAULT 0,
    "repository_id" UUID,
    "copy_to" JSONB,
    "keep" JSONB,
    "rpo_seconds" INTEGER,
    "rto_seconds" INTEGER,
    "last_run_at" TIMESTAMPTZ(3),
    "next_run_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "backup_policies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "snapshot_holds" (
    "id" UUID NOT NULL,
    "snapshot_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "snapshot_holds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "backup_policies_name_key" ON "backup_policies"("name");

-- CreateIndex
CREATE INDEX "backup_policies_project_idx" ON "backup_policies"("project");

-- CreateIndex
CREATE INDEX "snapshot_holds_snapshot_id_idx" ON "snapshot_holds"("snapshot_id");

-- Defaults: the tutorial's tables of how often classes of data are backed up, how long that is kept, and how long they may be away.
-- An objective leaves the schedule room: the age of a backup reaches the interval, and the next one takes its time.
INSERT INTO "data_classes" ("name", "description", "rpo_seconds", "rto_seconds", "schedule", "keep") VALUES
  ('critical', 'What the business stands on, such as databases.', 7200, 300, '{"cron": "0 * * * *", "timeZone": "UTC"}', '{"last": 3, "hourly": 48, "daily": 90}'),
  ('user', 'What users have made, such as uploads.', 129600, 3600, '{"cron": "0 2 * * *", "timeZone": "UTC"}', '{"last": 3, "daily": 30}'),
  ('config', 'Settings of applications.', 129600, 900, '{"cron": "0 3 * * *", "timeZone": "UTC"}', '{"last": 3, "daily": 30, "weekly": 26}'),
  ('logs', 'Logs of applications and audits.', 691200, NULL, '{"cron": "0 4 * * 0", "timeZone": "UTC"}', '{"last": 2, "weekly": 2}'),
  ('cache', 'What can be made again from other data.', NULL, 1800, NULL, '{"last": 1}'),
  ('temporary', 'What nobody misses when it is gone.', NULL, NULL, NULL, '{"last": 1}');
