-- CreateTable
CREATE TABLE "volume_health" (
    "volume_id" UUID NOT NULL,
    "reading" JSONB NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "volume_health_pkey" PRIMARY KEY ("volume_id")
);

-- AddForeignKey
ALTER TABLE "volume_health" ADD CONSTRAINT "volume_health_volume_id_fkey" FOREIGN KEY ("volume_id") REFERENCES "volumes"("id") ON DELETE CASCADE ON UPDATE CASCADE;
