"""Where things lie, and what the benchmark's logins are signed with."""

from pathlib import Path

LOAD = Path(__file__).resolve().parent.parent
REPOSITORY = LOAD.parent.parent
OPERATIONS = LOAD / "ops"
PARAMETERS = OPERATIONS / "parameters"
PEER = LOAD / "peers" / "postgraphile"
AXUM = REPOSITORY / "target" / "release" / "examples" / "bytes"
# Everything that is made goes here: logs, request bodies, results.
WORK = REPOSITORY / "target" / "bench"
SPOOL = WORK / "spool"

# Public, as the data is made up; the server is bound to the loopback interface.
JWT_SECRET = "of-the-benchmark-only-and-known-to-everybody"
JWT_ISSUER = JWT_AUDIENCE = "alumni-api"
CONNECTIONS = 10


class Stop(Exception):
    """Ends the run with a sentence for whoever started it."""


def say(text: str = "") -> None:
    print(text, flush=True)
