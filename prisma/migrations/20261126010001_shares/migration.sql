-- CreateTable
CREATE TABLE "shares" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "project" TEXT,
    "description" TEXT NOT NULL,
    "offered_to" TEXT NOT NULL,
    "offered_projects" TEXT[],
    "on_violation" TEXT NOT NULL DEFAULT 'leave',
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "shares_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "share_rules" (
    "id" UUID NOT NULL,
    "share_id" UUID NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_value" TEXT NOT NULL,
    "subject_project" TEXT,
    "access" TEXT NOT NULL,
    "across_environments" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL,
    "active_key" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "share_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "share_rule_events" (
    "id" BIGSERIAL NOT NULL,
    "rule_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "share_rule_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "share_attachments" (
    "id" UUID NOT NULL,
    "share_id" UUID NOT NULL,
    "rule_id" UUID,
    "project" TEXT,
    "environment" TEXT,
    "container" TEXT,
    "target" TEXT NOT NULL,
    "access" TEXT NOT NULL,
    "uid" BIGINT,
    "gid" BIGINT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attached_at" TIMESTAMPTZ(3),
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "share_attachments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "shares_name_key" ON "shares"("name");

-- CreateIndex
CREATE INDEX "shares_project_idx" ON "shares"("project");

-- CreateIndex
CREATE UNIQUE INDEX "shares_host_volume_key" ON "shares"("host", "volume");

-- CreateIndex
CREATE UNIQUE INDEX "share_rules_active_key_key" ON "share_rules"("active_key");

-- CreateIndex
CREATE INDEX "share_rules_share_id_created_at_id_idx" ON "share_rules"("share_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "share_rules_subject_kind_subject_value_idx" ON "share_rules"("subject_kind", "subject_value");

-- CreateIndex
CREATE INDEX "share_rules_subject_project_idx" ON "share_rules"("subject_project");

-- CreateIndex
CREATE INDEX "share_rules_state_expires_at_idx" ON "share_rules"("state", "expires_at");

-- CreateIndex
CREATE INDEX "share_rule_events_rule_id_id_idx" ON "share_rule_events"("rule_id", "id");

-- CreateIndex
CREATE INDEX "share_attachments_share_id_created_at_id_idx" ON "share_attachments"("share_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "share_attachments_rule_id_idx" ON "share_attachments"("rule_id");

-- AddForeignKey
ALTER TABLE "share_rules" ADD CONSTRAINT "share_rules_share_id_fkey" FOREIGN KEY ("share_id") REFERENCES "shares"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_rule_events" ADD CONSTRAINT "share_rule_events_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "share_rules"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_attachments" ADD CONSTRAINT "share_attachments_share_id_fkey" FOREIGN KEY ("share_id") REFERENCES "shares"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_attachments" ADD CONSTRAINT "share_attachments_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "share_rules"("id") ON DELETE SET NULL ON UPDATE CASCADE;
