-- AlterTable
ALTER TABLE "repositories" ADD COLUMN     "spare_secret" BYTEA;
