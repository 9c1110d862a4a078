# The control plane. It holds no volume data: its state is PostgreSQL and the master key below /var/lib/stowage.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY setup ./setup
COPY prisma ./prisma
COPY prisma.config.ts ./
RUN node setup/prepare.mjs
COPY . .
# The helper image travels inside of this one, so that no engine needs a registry for it.
RUN apt-get update && node setup/helper-archive.ts /app/helper.tar
RUN npm prune --omit=dev --ignore-scripts && rm -rf test demo bench

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    STOWAGE_LISTEN=0.0.0.0 \
    STOWAGE_STATE=/var/lib/stowage \
    STOWAGE_HELPER_ARCHIVE=/app/helper.tar
COPY --from=build /app /app
VOLUME /var/lib/stowage
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/main.ts"]
