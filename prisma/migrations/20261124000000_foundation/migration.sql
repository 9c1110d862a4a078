-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "hosts" (
    "name" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'unknown',
    "engine_id" TEXT,
    "engine_version" TEXT,
    "api_version" TEXT,
    "storage_driver" TEXT,
    "error" TEXT,
    "synced_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hosts_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "volumes" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "mountpoint" TEXT NOT NULL,
    "options" JSONB NOT NULL,
    "labels" JSONB NOT NULL,
    "project" TEXT,
    "environment" TEXT,
    "class" TEXT,
    "assigned_project" TEXT,
    "assigned_environment" TEXT,
    "assigned_class" TEXT,
    "created_at" TIMESTAMPTZ(3),
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "usage_bytes" BIGINT,
    "usage_files" BIGINT,
    "usage_measured_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "volumes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deleted_volumes" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "options" JSONB NOT NULL,
    "labels" JSONB NOT NULL,
    "project" TEXT,
    "environment" TEXT,
    "class" TEXT,
    "assigned_project" TEXT,
    "assigned_environment" TEXT,
    "assigned_class" TEXT,
    "snapshot_id" TEXT NOT NULL,
    "deleted_by" TEXT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deleted_volumes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "containers" (
    "host" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "image" TEXT NOT NULL,
    "image_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "labels" JSONB NOT NULL,
    "project" TEXT,
    "environment" TEXT,
    "compose_project" TEXT,
    "compose_service" TEXT,
    "created_at" TIMESTAMPTZ(3),

    CONSTRAINT "containers_pkey" PRIMARY KEY ("host","id")
);

-- CreateTable
CREATE TABLE "mounts" (
    "host" TEXT NOT NULL,
    "container_id" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "volume_name" TEXT,
    "volume_id" UUID,
    "driver" TEXT,
    "mode" TEXT NOT NULL,
    "read_only" BOOLEAN NOT NULL,
    "propagation" TEXT NOT NULL,
    "tmpfs" JSONB,
    "project" TEXT,

    CONSTRAINT "mounts_pkey" PRIMARY KEY ("host","container_id","target")
);

-- CreateTable
CREATE TABLE "repositories" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "location" JSONB NOT NULL,
    "secret" BYTEA NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'new',
    "initialized_at" TIMESTAMPTZ(3),
    "lock_suspected" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "repositories_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "snapshots" (
    "id" TEXT NOT NULL,
    "repository_id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "project" TEXT,
    "path" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "files" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "bytes_added" BIGINT NOT NULL,
    "job_id" UUID,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "snapshots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "jobs" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "host" TEXT NOT NULL,
    "volume" TEXT,
    "project" TEXT,
    "input" JSONB NOT NULL,
    "requested_by" TEXT NOT NULL,
    "request_id" TEXT,
    "retry_of" UUID,
    "claim" INTEGER NOT NULL DEFAULT 0,
    "worker" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL DEFAULT 3,
    "run_after" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "progress" JSONB,
    "progressed_at" TIMESTAMPTZ(3),
    "memory" JSONB NOT NULL DEFAULT '{}',
    "restart_note" JSONB,
    "cancel_requested_at" TIMESTAMPTZ(3),
    "result" JSONB,
    "error_code" TEXT,
    "error_detail" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_attempts" (
    "job_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "helper" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "error_code" TEXT,
    "error_detail" TEXT,

    CONSTRAINT "job_attempts_pkey" PRIMARY KEY ("job_id","number")
);

-- CreateTable
CREATE TABLE "job_log" (
    "id" BIGSERIAL NOT NULL,
    "job_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "level" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "job_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_locks" (
    "resource" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "job_id" UUID NOT NULL,

    CONSTRAINT "job_locks_pkey" PRIMARY KEY ("resource","slot")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_bindings" (
    "id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "project" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "role_bindings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT,
    "operation" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "code" TEXT,
    "target" JSONB NOT NULL,
    "project" TEXT,
    "request_id" TEXT NOT NULL,
    "via" TEXT NOT NULL,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "actor" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "once_id" UUID NOT NULL,
    "answer" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("actor","key")
);

-- CreateTable
CREATE TABLE "settings" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "volumes_project_idx" ON "volumes"("project");

-- CreateIndex
CREATE UNIQUE INDEX "volumes_host_name_key" ON "volumes"("host", "name");

-- CreateIndex
CREATE INDEX "deleted_volumes_host_name_deleted_at_idx" ON "deleted_volumes"("host", "name", "deleted_at");

-- CreateIndex
CREATE INDEX "containers_project_idx" ON "containers"("project");

-- CreateIndex
CREATE INDEX "mounts_volume_id_idx" ON "mounts"("volume_id");

-- CreateIndex
CREATE INDEX "mounts_project_idx" ON "mounts"("project");

-- CreateIndex
CREATE UNIQUE INDEX "repositories_name_key" ON "repositories"("name");

-- CreateIndex
CREATE INDEX "snapshots_host_volume_taken_at_id_idx" ON "snapshots"("host", "volume", "taken_at", "id");

-- CreateIndex
CREATE INDEX "snapshots_project_idx" ON "snapshots"("project");

-- CreateIndex
CREATE INDEX "snapshots_taken_at_id_idx" ON "snapshots"("taken_at", "id");

-- CreateIndex
CREATE INDEX "jobs_created_at_id_idx" ON "jobs"("created_at", "id");

-- CreateIndex
CREATE INDEX "jobs_host_volume_created_at_idx" ON "jobs"("host", "volume", "created_at");

-- CreateIndex
CREATE INDEX "jobs_state_run_after_idx" ON "jobs"("state", "run_after");

-- CreateIndex
CREATE INDEX "job_log_job_id_id_idx" ON "job_log"("job_id", "id");

-- CreateIndex
CREATE INDEX "job_locks_job_id_idx" ON "job_locks"("job_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "api_keys_created_at_id_idx" ON "api_keys"("created_at", "id");

-- CreateIndex
CREATE INDEX "role_bindings_subject_idx" ON "role_bindings"("subject");

-- CreateIndex
CREATE INDEX "role_bindings_created_at_id_idx" ON "role_bindings"("created_at", "id");

-- CreateIndex
CREATE INDEX "audit_events_operation_id_idx" ON "audit_events"("operation", "id");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_idx" ON "audit_events"("actor", "id");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- AddForeignKey
ALTER TABLE "volumes" ADD CONSTRAINT "volumes_host_fkey" FOREIGN KEY ("host") REFERENCES "hosts"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "containers" ADD CONSTRAINT "containers_host_fkey" FOREIGN KEY ("host") REFERENCES "hosts"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mounts" ADD CONSTRAINT "mounts_host_container_id_fkey" FOREIGN KEY ("host", "container_id") REFERENCES "containers"("host", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mounts" ADD CONSTRAINT "mounts_volume_id_fkey" FOREIGN KEY ("volume_id") REFERENCES "volumes"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_repository_id_fkey" FOREIGN KEY ("repository_id") REFERENCES "repositories"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_attempts" ADD CONSTRAINT "job_attempts_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_log" ADD CONSTRAINT "job_log_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_locks" ADD CONSTRAINT "job_locks_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
