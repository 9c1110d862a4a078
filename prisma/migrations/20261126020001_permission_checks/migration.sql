-- CreateTable
CREATE TABLE "permission_checks" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "volume" TEXT NOT NULL,
    "project" TEXT,
    "entries" BIGINT NOT NULL,
    "complete" BOOLEAN NOT NULL,
    "vanished" BIGINT NOT NULL,
    "consumers" JSONB NOT NULL,
    "requested_by" TEXT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "permission_checks_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "permission_checks_host_volume_checked_at_id_idx" ON "permission_checks"("host", "volume", "checked_at", "id");
