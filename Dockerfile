# syntax=docker/dockerfile:1

# The playground's files: GraphiQL, bundled.
FROM node:24-bookworm-slim AS playground
WORKDIR /playground
COPY playground/package.json playground/package-lock.json playground/.npmrc ./
RUN npm ci
COPY playground ./
RUN npm run build

# The server, in two layers: what we build on changes rarely, what we write changes always.
FROM rust:1.95-slim-bookworm AS server
WORKDIR /alumni-api
COPY Cargo.toml Cargo.lock ./
COPY entity/Cargo.toml entity/
COPY migration/Cargo.toml migration/
COPY reading/Cargo.toml reading/
# Stand-ins for our own crates, forgotten once the dependencies are compiled.
RUN mkdir -p /data src entity/src migration/src reading/src tests/it \
    && touch src/lib.rs entity/src/lib.rs migration/src/lib.rs reading/src/lib.rs \
    && echo 'fn main() {}' > src/main.rs \
    && cp src/main.rs tests/it/main.rs \
    && cargo build --release --locked --bin alumni-api \
    && cargo clean --release --locked --package alumni-api --package entity --package migration --package reading \
    && rm -r src entity/src migration/src reading/src
COPY build.rs ./
COPY entity entity
COPY migration migration
COPY reading reading
COPY src src
COPY --from=playground /playground/dist playground/dist
RUN cargo build --release --locked --bin alumni-api

# What runs: Debian's libc, the root certificates, the binary, and a user who is not root.
FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
LABEL org.opencontainers.image.title="alumni-api" \
      org.opencontainers.image.description="A headless GraphQL API for corporate alumni relations" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY LICENSE LICENSE-APACHE LICENSE-MIT /usr/share/doc/alumni-api/
COPY --from=server /alumni-api/target/release/alumni-api /usr/local/bin/alumni-api
# Where the SQLite file lands when DATABASE_URL names no server, and where entries of the access log wait for the database.
COPY --from=server --chown=65532:65532 /data /data
WORKDIR /data
VOLUME /data
# Production: bring a database, `migrate up`, the issuer's keys, and ALUMNI_LINK_SECRET. To look around: --env ALUMNI_MODE=development.
ENV ALUMNI_MODE=production BIND=0.0.0.0:8080 ALUMNI_ACCESS_SPOOL=/data/access-log
EXPOSE 8080
# Numeric, so that an orchestrator can see that it is not root.
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["alumni-api", "health"]
ENTRYPOINT ["alumni-api"]
CMD ["serve"]
