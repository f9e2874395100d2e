"""The Python client `gql`, as an HR system's job uses it: a schema by introspection, documents checked against it before they are sent."""

import asyncio
import os
import sys
import traceback
from datetime import date, datetime, timezone
from pathlib import Path

from gql import Client, GraphQLRequest, gql
from gql.dsl import DSLQuery, DSLSchema, dsl_gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from gql.transport.websockets import WebsocketsTransport
from gql.utilities import update_schema_scalars
from graphql import DocumentNode, GraphQLError, GraphQLScalarType, OperationDefinitionNode, parse

HTTP = f"{os.environ['BASE_URL']}/graphql"
WEBSOCKET = HTTP.replace("http", "ws", 1)
DOCUMENTS = {
    definition.name.value: DocumentNode(definitions=(definition,))
    for definition in parse(Path(__file__).with_name("documents.graphql").read_text()).definitions
    if isinstance(definition, OperationDefinitionNode) and definition.name
}

# What an application makes of the schema's scalars; the schema by introspection knows but their names.
SCALARS = [
    GraphQLScalarType("DateTime", serialize=datetime.isoformat, parse_value=datetime.fromisoformat),
    GraphQLScalarType("NaiveDate", serialize=date.isoformat, parse_value=date.fromisoformat),
]

CHECKS = []


def check(what):
    CHECKS.append(what)
    return what


def headers(role):
    return {"Authorization": f"Bearer {os.environ[f'TOKEN_{role}']}"}


def request(name, **variables):
    return GraphQLRequest(DOCUMENTS[name], variable_values=variables or None, operation_name=name)


def http(role, **options):
    return Client(transport=AIOHTTPTransport(url=HTTP, headers=headers(role)), fetch_schema_from_transport=True, **options)


def websocket(role, **init):
    transport = WebsocketsTransport(
        url=WEBSOCKET,
        init_payload=init or headers(role),
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    return Client(transport=transport, fetch_schema_from_transport=True)


async def failure_of(call, kind):
    try:
        answer = await call
    except kind as error:
        return error
    raise AssertionError(f"it was answered: {answer}")


def codes(error):
    return [each["extensions"]["code"] for each in error.errors]


@check
async def a_schema_by_introspection_reads_pages_into_days_and_instants():
    async with http("HR", parse_results=True, serialize_variables=True) as session:
        update_schema_scalars(session.client.schema, SCALARS)
        leavers, after = [], None
        while True:
            page = (await session.execute(request("Leavers", first=9, after=after, **{"from": date(2010, 4, 1)})))["alumni"]
            leavers += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
    days = [leaver["leftOn"] for leaver in leavers]
    assert len(leavers) == page["totalCount"] == len({leaver["id"] for leaver in leavers}), page["totalCount"]
    assert days == sorted(days) and days[0] >= date(2010, 4, 1)
    assert all(leaver["createdAt"].tzinfo == timezone.utc for leaver in leavers), leavers[0]


@check
async def a_document_that_does_not_hold_is_not_even_sent():
    async with http("HR") as session:
        for broken in ["{ viewer { shoeSize } }", "{ alumni(first: 1, orderBy: SHOE_SIZE) { totalCount } }", "{ alumni { nodes } }"]:
            error = await failure_of(session.execute(gql(broken)), GraphQLError)
            assert error.locations, error


@check
async def fields_are_chosen_in_python_out_of_the_schema():
    async with http("HR") as session:
        schema = DSLSchema(session.client.schema)
        node = schema.Alumnus.displayName
        query = schema.Query.alumni(first=2, orderBy="NAME_DESC").select(schema.AlumnusConnection.nodes.select(node))
        nodes = (await session.execute(dsl_gql(DSLQuery(query))))["alumni"]["nodes"]
        assert len(nodes) == 2 and all(each["displayName"] for each in nodes), nodes


@check
async def a_sync_answers_row_by_row_over_either_transport():
    workers = [{"externalId": "PY-1", "familyName": "佐藤", "startedOn": "2018-04-01", "status": "ON_LEAVE"}, {"externalId": "PY-2"}]
    sync = request("Sync", input={"source": "python", "workers": workers})
    async with http("HR") as session:
        first = (await session.execute(sync))["workersSync"]["results"]
    async with websocket("HR") as session:
        second = (await session.execute(sync))["workersSync"]["results"]
    assert [row["status"] for row in first] == ["CREATED", "INVALID"], first
    assert [row["status"] for row in second] == ["UNCHANGED", "INVALID"], second
    assert first[1]["errors"] and first[1]["personId"] is None
    assert first[0]["personId"] == second[0]["personId"]


@check
async def the_synchronous_client_does_as_well():
    def ask():
        transport = RequestsHTTPTransport(url=HTTP, headers=headers("ALUMNUS"), retries=2)
        with Client(transport=transport, fetch_schema_from_transport=True) as session:
            return session.execute(request("Whoami"))["viewer"]

    viewer = await asyncio.to_thread(ask)
    assert (viewer["kind"], viewer["roles"]) == ("MEMBER", ["ALUMNUS"]), viewer
    assert datetime.fromisoformat(viewer["expiresAt"]) > datetime.now(timezone.utc)


@check
async def a_refusal_has_its_code_over_either_transport():
    for client in [http("ALUMNUS"), websocket("ALUMNUS")]:
        async with client as session:
            error = await failure_of(session.execute(request("ApiKeys")), TransportQueryError)
        assert codes(error) == ["FORBIDDEN"], error
        assert error.errors[0]["path"] == ["apiKeys"]


@check
async def variables_that_do_not_fit_have_their_code():
    async with http("HR") as session:
        error = await failure_of(session.execute(request("Leavers", first="nine")), TransportQueryError)
    assert codes(error) == ["BAD_USER_INPUT"], error


@check
async def a_token_that_is_none_has_its_code_and_on_a_socket_4403():
    bad = {"Authorization": "Bearer none"}
    client = Client(transport=AIOHTTPTransport(url=HTTP, headers=bad))
    async with client as session:
        error = await failure_of(session.execute(request("Whoami")), TransportQueryError)
    assert codes(error) == ["UNAUTHENTICATED"], error

    async def enter():
        async with websocket("HR", **bad):
            pass

    error = await failure_of(enter(), TransportConnectionFailed)
    assert error.__cause__.rcvd.code == 4403, error.__cause__


@check
async def a_subscription_brings_what_happens_and_resumes_after_a_cursor():
    async def push(number):
        worker = {"externalId": f"PY-S-{number}", "familyName": "Okafor", "startedOn": "2019-09-02", "lastWorkingDay": "2025-03-31"}
        async with http("HR") as session:
            answer = await session.execute(request("Sync", input={"source": "python", "workers": [worker]}))
        return answer["workersSync"]["results"][0]["personId"]

    async def first(wanted, after=None):
        async with websocket("HR") as session:
            async for answer in session.subscribe(request("Follow", after=after)):
                if wanted(answer["changes"]):
                    return answer["changes"]

    # Nothing says when a subscription has begun, so people leave until somebody is heard of.
    listening = asyncio.create_task(first(lambda change: change["subjectKind"] == "PERSON"))
    number = 0
    while not listening.done():
        number += 1
        await push(number)
        await asyncio.wait([listening], timeout=0.3)
    heard = await listening
    assert heard["person"]["displayName"] == "Okafor", heard
    missed = await push(number + 1)
    resumed = await first(lambda change: change["subjectId"] == missed, heard["cursor"])
    assert resumed["person"]["id"] == missed, resumed


@check
async def a_subscription_somebody_may_not_have_fails_with_its_code():
    async def follow():
        async with websocket("ALUMNUS") as session:
            async for answer in session.subscribe(request("Follow")):
                return answer

    error = await failure_of(follow(), TransportQueryError)
    assert codes(error) == ["FORBIDDEN"], error


async def main():
    failed = 0
    for what in CHECKS:
        name = what.__name__.replace("_", " ")
        try:
            await asyncio.wait_for(what(), 20)
            print(f"ok      {name}")
        except Exception:
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc()}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return failed


sys.exit(1 if asyncio.run(main()) else 0)
