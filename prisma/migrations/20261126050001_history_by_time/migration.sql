-- CreateIndex
CREATE INDEX "volume_events_host_at_idx" ON "volume_events"("host", "at");

-- CreateIndex
CREATE INDEX "volume_samples_at_idx" ON "volume_samples"("at");

-- CreateIndex
CREATE INDEX "host_samples_at_idx" ON "host_samples"("at");

-- CreateIndex
CREATE INDEX "container_samples_at_idx" ON "container_samples"("at");
