-- AlterTable
ALTER TABLE "hosts" ADD COLUMN     "details" JSONB,
ADD COLUMN     "storage" JSONB,
ADD COLUMN     "storage_measured_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "volumes" ADD COLUMN     "file_system" JSONB,
ADD COLUMN     "last_used_at" TIMESTAMPTZ(3),
ADD COLUMN     "usage_allocated_bytes" BIGINT,
ADD COLUMN     "usage_error" TEXT,
ADD COLUMN     "usage_inodes" BIGINT;

-- AlterTable
ALTER TABLE "containers" ADD COLUMN     "changes_scanned_at" TIMESTAMPTZ(3),
ADD COLUMN     "memory_limit_bytes" BIGINT,
ADD COLUMN     "restart_policy" TEXT NOT NULL DEFAULT 'no',
ADD COLUMN     "root_bytes" BIGINT,
ADD COLUMN     "size_measured_at" TIMESTAMPTZ(3),
ADD COLUMN     "user" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "userns_mode" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "writable_bytes" BIGINT;

-- AlterTable
ALTER TABLE "mounts" ADD COLUMN     "no_copy" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "selinux" TEXT,
ADD COLUMN     "subpath" TEXT,
ADD COLUMN     "tmpfs_measured_at" TIMESTAMPTZ(3),
ADD COLUMN     "tmpfs_used_bytes" BIGINT;

-- CreateTable
CREATE TABLE "host_paths" (
    "host" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "host_paths_pkey" PRIMARY KEY ("host","path")
);

-- CreateTable
CREATE TABLE "findings" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "active_key" TEXT,
    "volume" TEXT,
    "container_id" TEXT,
    "container_name" TEXT,
    "target" TEXT,
    "project" TEXT,
    "detail" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_reason" TEXT,
    "acknowledged_until" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "findings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mount_presets" (
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "noexec" BOOLEAN NOT NULL,
    "nosuid" BOOLEAN NOT NULL,
    "nodev" BOOLEAN NOT NULL,
    "mode" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "mount_presets_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "volume_events" (
    "id" BIGSERIAL NOT NULL,
    "host" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "project" TEXT,
    "action" TEXT NOT NULL,
    "container_id" TEXT,
    "container_name" TEXT,
    "target" TEXT,
    "read_only" BOOLEAN,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "volume_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "volume_samples" (
    "host" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "bytes" BIGINT NOT NULL,
    "allocated_bytes" BIGINT NOT NULL,
    "files" BIGINT NOT NULL,
    "inodes" BIGINT NOT NULL,

    CONSTRAINT "volume_samples_pkey" PRIMARY KEY ("host","volume","at")
);

-- CreateTable
CREATE TABLE "host_samples" (
    "host" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "space" JSONB NOT NULL,

    CONSTRAINT "host_samples_pkey" PRIMARY KEY ("host","at")
);

-- CreateTable
CREATE TABLE "container_samples" (
    "host" TEXT NOT NULL,
    "container_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "writable_bytes" BIGINT NOT NULL,

    CONSTRAINT "container_samples_pkey" PRIMARY KEY ("host","container_id","at")
);

-- CreateTable
CREATE TABLE "container_activity" (
    "host" TEXT NOT NULL,
    "container_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "read_bytes" BIGINT NOT NULL,
    "written_bytes" BIGINT NOT NULL,
    "read_operations" BIGINT NOT NULL,
    "write_operations" BIGINT NOT NULL,
    "memory_bytes" BIGINT NOT NULL,

    CONSTRAINT "container_activity_pkey" PRIMARY KEY ("host","container_id","at")
);

-- CreateTable
CREATE TABLE "container_changes" (
    "host" TEXT NOT NULL,
    "container_id" TEXT NOT NULL,
    "folder" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "entries" INTEGER NOT NULL,
    "bytes" BIGINT,

    CONSTRAINT "container_changes_pkey" PRIMARY KEY ("host","container_id","folder","kind")
);

-- CreateTable
CREATE TABLE "images" (
    "host" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "tags" JSONB NOT NULL,
    "bytes" BIGINT NOT NULL,
    "layers" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "images_pkey" PRIMARY KEY ("host","id")
);

-- CreateTable
CREATE TABLE "prune_plans" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "items" JSONB NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "frees_bytes" BIGINT,
    "job_id" UUID,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "prune_plans_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "findings_active_key_key" ON "findings"("active_key");

-- CreateIndex
CREATE INDEX "findings_opened_at_id_idx" ON "findings"("opened_at", "id");

-- CreateIndex
CREATE INDEX "findings_host_volume_idx" ON "findings"("host", "volume");

-- CreateIndex
CREATE INDEX "findings_host_container_id_idx" ON "findings"("host", "container_id");

-- CreateIndex
CREATE INDEX "findings_project_idx" ON "findings"("project");

-- CreateIndex
CREATE INDEX "volume_events_host_volume_id_idx" ON "volume_events"("host", "volume", "id");

-- CreateIndex
CREATE INDEX "prune_plans_created_at_id_idx" ON "prune_plans"("created_at", "id");

-- AddForeignKey
ALTER TABLE "container_changes" ADD CONSTRAINT "container_changes_host_container_id_fkey" FOREIGN KEY ("host", "container_id") REFERENCES "containers"("host", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "images" ADD CONSTRAINT "images_host_fkey" FOREIGN KEY ("host") REFERENCES "hosts"("name") ON DELETE CASCADE ON UPDATE CASCADE;
