-- AlterTable
ALTER TABLE "mounts" ADD COLUMN     "severity" TEXT;

-- CreateIndex
CREATE INDEX "findings_resolved_at_idx" ON "findings"("resolved_at");
