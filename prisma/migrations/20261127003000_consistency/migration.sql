-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "limit_seconds" INTEGER,
ADD COLUMN     "start_before" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "backup_policies" ADD COLUMN     "completion_window_seconds" INTEGER,
ADD COLUMN     "consistency" TEXT NOT NULL DEFAULT 'live',
ADD COLUMN     "hooks" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "start_window_seconds" INTEGER;
