-- CreateTable
CREATE TABLE "restore_drills" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "project" TEXT,
    "snapshot_id" TEXT NOT NULL,
    "repository_id" UUID NOT NULL,
    "error_code" TEXT,
    "error_detail" TEXT,
    "bytes" BIGINT NOT NULL,
    "files" BIGINT NOT NULL,
    "seconds" DOUBLE PRECISION NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "restore_drills_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "restore_drills_host_volume_finished_at_id_idx" ON "restore_drills"("host", "volume", "finished_at", "id");
