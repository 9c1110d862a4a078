-- AlterTable
ALTER TABLE "volumes" ADD COLUMN     "announced_at" TIMESTAMPTZ(3),
ADD COLUMN     "origin" TEXT;
