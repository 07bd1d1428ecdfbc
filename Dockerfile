# The coordinator on its embedded store. Data lives in the volume /data.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build:coordinator && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
ENV NODE_ENV=production HTTP_HOST=0.0.0.0 GRPC_HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/dist/apps/coordinator ./dist/apps/coordinator
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 36789 36790
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:36789/api/v2/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is PID 1 and handles SIGTERM: the coordinator drains before it ends.
CMD ["node", "--max-semi-space-size=64", "--single-threaded-gc", "dist/apps/coordinator/apps/coordinator/src/main.js"]
