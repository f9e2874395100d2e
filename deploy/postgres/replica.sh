#!/usr/bin/env bash
# Copies the primary's files if there are none, and follows it. What it needs of the past the primary keeps (wal_keep_size); a replica
# that was away for longer is made anew: remove its volume.
set -euo pipefail

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    export PGPASSWORD=$REPLICATION_PASSWORD
    until pg_basebackup --host="$PRIMARY_HOST" --username=replicator --pgdata="$PGDATA" --wal-method=stream --checkpoint=fast --write-recovery-conf; do
        echo 'the primary cannot be copied yet' >&2
        find "$PGDATA" -mindepth 1 -delete
        sleep 2
    done
    chmod 0700 "$PGDATA"
    unset PGPASSWORD
fi
exec postgres -D "$PGDATA" "$@"
