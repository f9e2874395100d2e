# shellcheck shell=bash
# The processes .ci/run starts for its checks. Whatever it started it ends, however it ends itself.

WORK=$(mktemp -d)
readonly WORK
SERVER_PID=
SERVER_SETTINGS=()
OWN_CLUSTER=

clean_up() {
    stop_server
    if [ -n "$OWN_CLUSTER" ]; then
        as_postgres "$OWN_CLUSTER/pg_ctl" stop --silent --mode=immediate --pgdata="$WORK/postgres/data" || true
    fi
    rm -rf "$WORK"
}
trap clean_up EXIT

free_port() {
    node -e 'const server = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })'
}

# initdb and the server refuse to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Sets POSTGRES_URL: the server on the usual port when it lets us in, else a cluster of our own.
start_postgres() {
    POSTGRES_URL="postgres://$(id -un)@127.0.0.1:5432/postgres"
    if psql "$POSTGRES_URL" --quiet --no-password --command='select 1' >/dev/null 2>&1; then
        echo "using the server at 127.0.0.1:5432"
        return
    fi
    # Debian keeps the server's programs out of PATH.
    local programs
    programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort --version-sort | tail -n 1)
    if [ ! -x "$programs/initdb" ]; then
        from_debian postgresql
        programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort --version-sort | tail -n 1)
    fi
    chmod 755 "$WORK"
    mkdir -p "$WORK/postgres"
    [ "$(id -u)" != 0 ] || chown postgres "$WORK/postgres"
    local port
    port=$(free_port)
    as_postgres "$programs/initdb" --username="$(id -un)" --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
        --pgdata="$WORK/postgres/data" >"$WORK/initdb.log"
    OWN_CLUSTER=$programs
    # Nothing in it outlives this run, so it need not survive a power cut.
    as_postgres "$programs/pg_ctl" start --silent --wait --pgdata="$WORK/postgres/data" --log="$WORK/postgres/log" \
        --options="-p $port -k $WORK/postgres -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
    POSTGRES_URL="postgres://$(id -un)@127.0.0.1:$port/postgres"
    echo "started a cluster at 127.0.0.1:$port"
}

with_server_settings() { env "${SERVER_SETTINGS[@]}" "$@"; }

# start_server BINARY: sets SERVER_URL once the server says it is ready.
start_server() {
    SERVER_BIND="127.0.0.1:$(free_port)"
    SERVER_URL="http://$SERVER_BIND"
    SERVER_SETTINGS=(BIND="$SERVER_BIND" DATABASE_URL="sqlite://$WORK/demo.db?mode=rwc")
    # Not by the function above: the process to end would be the shell that runs it.
    env "${SERVER_SETTINGS[@]}" "$1" >"$ARTEFACTS/server.log" 2>&1 &
    SERVER_PID=$!
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        if is_ready; then
            echo "ready at $SERVER_URL"
            return
        fi
        kill -0 "$SERVER_PID" 2>/dev/null || break
        sleep 0.1
    done
    echo 'the server did not become ready:' >&2
    tail -n 50 "$ARTEFACTS/server.log" >&2
    return 1
}

is_ready() {
    node -e 'fetch(process.argv[1]).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))' "$SERVER_URL/readyz"
}

stop_server() {
    [ -n "$SERVER_PID" ] || return 0
    kill "$SERVER_PID" 2>/dev/null || true
    wait "$SERVER_PID" 2>/dev/null || true
    SERVER_PID=
}
