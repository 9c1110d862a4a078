-- AlterTable
ALTER TABLE "container_activity" ALTER COLUMN "read_bytes" DROP NOT NULL,
ALTER COLUMN "written_bytes" DROP NOT NULL,
ALTER COLUMN "read_operations" DROP NOT NULL,
ALTER COLUMN "write_operations" DROP NOT NULL;

-- CreateIndex
CREATE INDEX "container_activity_host_at_idx" ON "container_activity"("host", "at");
