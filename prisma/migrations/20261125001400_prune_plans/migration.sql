-- AlterTable
ALTER TABLE "prune_plans" DROP COLUMN "frees_bytes",
ADD COLUMN     "kinds" JSONB NOT NULL,
ADD COLUMN     "project" TEXT;

-- CreateIndex
CREATE INDEX "prune_plans_project_idx" ON "prune_plans"("project");
