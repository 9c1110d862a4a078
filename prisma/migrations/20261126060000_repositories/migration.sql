-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "append_only" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "copy_to" UUID[] DEFAULT ARRAY[]::UUID[],
ADD COLUMN     "imported_at" TIMESTAMPTZ(3),
ADD COLUMN     "medium" TEXT NOT NULL DEFAULT 'disk',
ADD COLUMN     "off_site" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "read_only" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "restic_id" TEXT,
ADD COLUMN     "statistics" JSONB,
ADD COLUMN     "test" JSONB;

-- AlterTable
ALTER TABLE "snapshots" ADD COLUMN     "original_id" TEXT,
ADD COLUMN     "paths" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ALTER COLUMN "volume" DROP NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "repositories_restic_id_key" ON "repositories"("restic_id");

-- CreateIndex
CREATE INDEX "snapshots_repository_id_idx" ON "snapshots"("repository_id");

-- CreateIndex
CREATE INDEX "snapshots_original_id_idx" ON "snapshots"("original_id");
