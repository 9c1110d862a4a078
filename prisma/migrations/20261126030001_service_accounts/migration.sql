-- Keys are kept apart from what they are keys of, so that one can follow the other.
CREATE TABLE "api_key_secrets" (
    "hash" BYTEA NOT NULL,
    "key_id" UUID NOT NULL,
    "ends_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_secrets_pkey" PRIMARY KEY ("hash")
);

INSERT INTO "api_key_secrets" ("hash", "key_id") SELECT "hash", "id" FROM "api_keys";

-- DropIndex
DROP INDEX "api_keys_hash_key";

-- AlterTable
ALTER TABLE "jobs" ADD COLUMN     "requested_with" UUID;

-- AlterTable
ALTER TABLE "api_keys" DROP COLUMN "hash",
ADD COLUMN     "bound_to" TEXT,
ADD COLUMN     "last_used_from" TEXT,
ADD COLUMN     "limits" JSONB,
ADD COLUMN     "rotated_at" TIMESTAMPTZ(3),
ADD COLUMN     "secret_id" UUID,
ADD COLUMN     "subject" TEXT;

UPDATE "api_keys" SET "subject" = 'key:' || "id";
ALTER TABLE "api_keys" ALTER COLUMN "subject" SET NOT NULL;

-- CreateTable
CREATE TABLE "service_accounts" (
    "id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "project" TEXT,
    "description" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "disabled_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "service_accounts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "api_key_secrets_key_id_idx" ON "api_key_secrets"("key_id");

-- CreateIndex
CREATE UNIQUE INDEX "service_accounts_subject_key" ON "service_accounts"("subject");

-- CreateIndex
CREATE INDEX "service_accounts_created_at_id_idx" ON "service_accounts"("created_at", "id");

-- CreateIndex
CREATE INDEX "api_keys_subject_idx" ON "api_keys"("subject");

-- CreateIndex
CREATE INDEX "api_keys_bound_to_idx" ON "api_keys"("bound_to");

-- AddForeignKey
ALTER TABLE "api_key_secrets" ADD CONSTRAINT "api_key_secrets_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;
