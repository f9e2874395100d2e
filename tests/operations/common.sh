# shellcheck shell=bash
# The service, PostgreSQL clusters, and the commands of the guides, for tests/operations/run and tests/operations/fixture.
# Whoever sources this sets WORK, an own folder, and has `alumni-api` in PATH.

readonly SECRET='of-the-operations-checks-and-of-nobody-else'
SERVICE_PID=
CLUSTERS=()
HERE=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")")

free_port() {
    node -e 'const server = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(server.address().port); server.close(); })'
}

# initdb and the server refuse to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# start_cluster NAME: a PostgreSQL cluster of its own, whose transaction counter is at its beginning. Sets CLUSTER_URL.
start_cluster() {
    local programs folder=$WORK/$1 port
    programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort --version-sort | tail -n 1)
    if [ ! -x "$programs/initdb" ]; then
        echo 'initdb was not found under /usr/lib/postgresql' >&2
        return 1
    fi
    mkdir "$folder"
    [ "$(id -u)" != 0 ] || chown postgres "$folder"
    port=$(free_port)
    as_postgres "$programs/initdb" --username=alumni --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync --pgdata="$folder/data" >"$WORK/$1.initdb.log"
    as_postgres "$programs/pg_ctl" start --silent --wait --pgdata="$folder/data" --log="$folder/log" \
        --options="-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60"
    CLUSTERS+=("$programs/pg_ctl stop --silent --mode=immediate --pgdata=$folder/data")
    CLUSTER_URL=postgres://alumni@127.0.0.1:$port/postgres
}

# database_of URL NAME: the URL of another database of the same server.
database_of() { echo "${1%/*}/$2"; }

# Production, with the settings of this test.
settings() {
    ${START:-} env ALUMNI_MODE=production ALUMNI_JWT_SECRET="$SECRET" ALUMNI_LINK_SECRET="$SECRET" ALUMNI_LOG=warn ALUMNI_BUDGETS=ALL=unlimited "$@"
}

# start_service: needs DATABASE_URL and ACCESS_FOLDER; sets SERVICE_URL and BIND.
start_service() {
    BIND=127.0.0.1:$(free_port)
    SERVICE_URL=http://$BIND
    export BIND SERVICE_URL
    # exec: signals reach the service itself
    (ALUMNI_ACCESS_SPOOL=$ACCESS_FOLDER START=exec settings alumni-api serve) >>"$WORK/service.log" 2>&1 &
    SERVICE_PID=$!
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        if curl --fail --silent "$SERVICE_URL/readyz" >/dev/null; then return; fi
        kill -0 "$SERVICE_PID" 2>/dev/null || break
        sleep 0.1
    done
    echo 'the service did not become ready:' >&2
    tail -n 20 "$WORK/service.log" >&2
    return 1
}

# stop_service SIGNAL
stop_service() {
    [ -n "$SERVICE_PID" ] || return 0
    kill "-$1" "$SERVICE_PID" 2>/dev/null || true
    wait "$SERVICE_PID" 2>/dev/null || true
    SERVICE_PID=
}

end_all() {
    stop_service KILL
    local stop
    for stop in "${CLUSTERS[@]}"; do
        # shellcheck disable=SC2086 # a command and its parameters
        as_postgres $stop || true
    done
}

token() { node "$HERE/token.mjs" "$SECRET" "$1"; }

# ask SUBJECT QUERY [VARIABLES]: the data of an answer without errors.
ask() {
    local body answer
    body=$(node -e 'const [query, variables] = process.argv.slice(1); console.log(JSON.stringify({ query, variables: JSON.parse(variables) }))' "$2" "${3-"{}"}")
    answer=$(curl --silent --show-error "$SERVICE_URL/graphql" --header "Authorization: Bearer $(token "$1")" --header 'Content-Type: application/json' --data "$body")
    node -e 'const answer = JSON.parse(process.argv[1]);
        if (answer.errors || /"userErrors":\[\{/.test(process.argv[1])) { console.error(process.argv[1]); process.exit(1); }
        console.log(JSON.stringify(answer.data))' "$answer"
}

# field JSON PATH: one value, as `field "$answer" viewer.company.name`.
field() {
    node -e 'const [text, path] = process.argv.slice(1); const value = path.split(".").reduce((part, name) => part?.[name], JSON.parse(text));
        console.log(typeof value === "object" ? JSON.stringify(value) : String(value))' "$1" "$2"
}

# sync N: a change: one new worker of an HR system.
sync() {
    ask hr@aozora 'mutation($input: WorkersSyncInput!) { workersSync(input: $input) { results { status } userErrors { code field message } } }' \
        "{\"input\":{\"source\":\"operations\",\"workers\":[{\"externalId\":\"O-$1\",\"familyName\":\"佐藤\",\"givenName\":\"健\",\"startedOn\":\"2019-04-01\"}]}}" >/dev/null
}

# read_people: three entries of the access log.
read_people() { ask hr@aozora 'query People { alumni(first: 3) { nodes { displayName } } }' >/dev/null; }

# seals N: waits until the chain has at least N seals; prints the verification.
seals() {
    local tries answer
    for ((tries = 0; tries < 300; tries++)); do
        answer=$(ask admin@aozora '{ auditVerify { intact finished seals head } }')
        if [ "$(field "$answer" auditVerify.seals)" -ge "$1" ]; then
            echo "$answer"
            return
        fi
        sleep 0.1
    done
    echo "the chain has no $1 seals: $answer" >&2
    return 1
}
