# A small image that runs as nobody in particular: no shell tools beyond the base, no root, no write access needed.
FROM node:24-bookworm-slim AS build
WORKDIR /switchyard
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
RUN npm ci
COPY src ./src
COPY chains ./chains
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /switchyard
COPY --from=build /switchyard/package.json ./
COPY --from=build /switchyard/node_modules ./node_modules
COPY --from=build /switchyard/dist ./dist
COPY chains ./chains
USER node
EXPOSE 3400 3401
HEALTHCHECK --interval=10s --timeout=2s CMD ["node", "-e", "fetch('http://127.0.0.1:3401/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
CMD ["start", "--config", "/etc/switchyard/switchyard.yaml", "--host", "0.0.0.0", "--admin-host", "0.0.0.0"]
