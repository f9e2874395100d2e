"""What schemathesis is to know of this API: its scalars, and which errors are the caller's. It also counts what came back."""

import atexit
from collections import Counter

import graphql
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.graphql import nodes
from schemathesis.graphql.checks import GraphQLServerError

schemathesis.graphql.scalar("DateTime", st.datetimes(timezones=st.timezones()).map(lambda at: nodes.String(at.isoformat())))
schemathesis.graphql.scalar("NaiveDate", st.dates().map(lambda day: nodes.String(day.isoformat())))

# Somebody who asks for what they may not have, for what is not there, or for what is not so any more is told so by these codes. To
# schemathesis whatever has a path is the server's failure.
REFUSALS = {"UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "CONFLICT"}


@schemathesis.check
def no_failure_of_the_server(ctx, response, case):
    try:
        not_a_server_error(ctx, response, case)
    except GraphQLServerError as failure:
        if any(error.get("extensions", {}).get("code") not in REFUSALS for error in failure.errors):
            raise


class OneEndOfAList(graphql.Visitor):
    """Rows from the start and from the end at once are refused, and next to every list would ask for both."""

    def enter_field(self, field, *_):
        given = {argument.name.value: argument.value for argument in field.arguments}
        counts = [given.get(name) for name in ("first", "last")]
        if not all(isinstance(count, graphql.IntValueNode) for count in counts):
            return None
        dropped = {"last", "before"} if int(counts[0].value) < int(counts[1].value) else {"first", "after"}
        kept = tuple(argument for argument in field.arguments if argument.name.value not in dropped)
        return graphql.FieldNode(
            alias=field.alias, name=field.name, arguments=kept, directives=field.directives, selection_set=field.selection_set
        )


@schemathesis.hook
def map_body(context, body):
    changed = graphql.visit(body, OneEndOfAList())
    # What is wrong on purpose stays wrong.
    wrong = changed is not body and graphql.validate(context.operation.schema.client_schema, body)
    return body if wrong else changed


ANSWERS = Counter()


@schemathesis.hook
def after_call(context, case, response):
    try:
        answer = response.json()
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    except Exception as unreadable:
        codes = {f"{response.status_code} {unreadable!r}"}
    if not codes:
        refused = any(isinstance(value, dict) and value.get("userErrors") for value in answer["data"].values())
        codes = {"userErrors" if refused else "data"}
    ANSWERS.update(codes)


@atexit.register
def tell():
    print("Answers:", ", ".join(f"{count} {code}" for code, count in ANSWERS.most_common()))
