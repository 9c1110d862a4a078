-- AlterTable
ALTER TABLE "snapshots" ADD COLUMN     "dump_database" TEXT,
ADD COLUMN     "dump_engine" TEXT;
