-- AlterTable
ALTER TABLE "prune_plans" DROP COLUMN "fingerprint";
