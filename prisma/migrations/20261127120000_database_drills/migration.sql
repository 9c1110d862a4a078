-- AlterTable
ALTER TABLE "restore_drills" ADD COLUMN     "restore_seconds" DOUBLE PRECISION,
ADD COLUMN     "server" JSONB,
ADD COLUMN     "untried_why" TEXT;

-- AlterTable
ALTER TABLE "snapshots" ADD COLUMN     "server" JSONB;
