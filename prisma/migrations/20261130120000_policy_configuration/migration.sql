-- AlterTable
ALTER TABLE "backup_policies" ADD COLUMN     "configuration" TEXT NOT NULL DEFAULT 'none';
