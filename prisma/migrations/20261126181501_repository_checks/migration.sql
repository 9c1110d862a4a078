-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "checks" JSONB;
