-- AlterTable
ALTER TABLE "snapshots" ADD COLUMN     "configuration_digest" TEXT,
ADD COLUMN     "configuration_project" TEXT,
ADD COLUMN     "image_id" TEXT,
ADD COLUMN     "image_reference" TEXT;

-- CreateIndex
CREATE INDEX "snapshots_image_id_idx" ON "snapshots"("image_id");
