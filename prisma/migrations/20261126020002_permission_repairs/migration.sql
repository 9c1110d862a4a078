-- CreateTable
CREATE TABLE "permission_repairs" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "project" TEXT,
    "state" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "plan" JSONB NOT NULL,
    "premise" TEXT NOT NULL,
    "job_id" UUID,
    "undo_job_id" UUID,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3),
    "undo_until" TIMESTAMPTZ(3),

    CONSTRAINT "permission_repairs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "permission_repairs_host_volume_created_at_id_idx" ON "permission_repairs"("host", "volume", "created_at", "id");
