"""schemathesis makes up documents from the schema, right and wrong ones, and looks for answers that are the server's failure."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import Request, urlopen

HTTP = f"{os.environ['BASE_URL']}/graphql"
HERE = Path(__file__).resolve().parent
# The same documents every time, as many as fit into the time.
SEED = "20261101"
CHECKS = "no_failure_of_the_server,response_schema_conformance,negative_data_rejection"
# Who, the headers, and for how many seconds.
RUNS = [
    ("HR", [f"Authorization: Bearer {os.environ['TOKEN_HR']}"], 40),
    ("nobody", [], 15),
]

# What the documents' arguments are now and then taken from, so that they name things that exist.
THINGS = """{
    viewer { person { id } company { id } }
    alumni(first: 20) { edges { cursor node { id employments { id } skills { skill { id } } } } }
    employees(first: 20) { nodes { id } }
    engagementEvents(first: 20) { nodes { id participations(first: 5) { nodes { id } } } }
    opportunities(first: 20) { nodes { id department { id } } }
    referrals(first: 20) { nodes { id } }
}"""
NOUNS = {
    "alumnus": "alumni",
    "employee": "employees",
    "engagementEvent": "events",
    "opportunity": "opportunities",
    "referral": "referrals",
    "company": "companies",
}
BINDINGS = {
    "first": "counts",
    "last": "counts",
    "after": "cursors",
    "before": "cursors",
    "id": "ids",
    "ids.[*]": "ids",
    "filter.departmentIds.[*]": "departments",
    "filter.skillIds.[*]": "skills",
    "filter.opportunityIds.[*]": "opportunities",
    "filter.candidateIds.[*]": "alumni",
    "filter.referrerIds.[*]": "people",
    "input.id": "ids",
    "input.eventId": "events",
    "input.participationId": "participations",
    "input.personId": "people",
    "input.personIds.[*]": "people",
    "input.hostId": "people",
    "input.contactId": "employees",
    "input.departmentId": "departments",
    "input.opportunityId": "opportunities",
    "input.candidateId": "alumni",
    "input.skillId": "skills",
    "input.expectedVersion": "versions",
}


def things():
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ['TOKEN_HR']}"}
    with urlopen(Request(HTTP, json.dumps({"query": THINGS}).encode(), headers)) as answer:
        data = json.load(answer)["data"]
    alumni = [edge["node"] for edge in data["alumni"]["edges"]]
    events = data["engagementEvents"]["nodes"]
    found = {
        "alumni": [alumnus["id"] for alumnus in alumni],
        "employees": [employee["id"] for employee in data["employees"]["nodes"]],
        "events": [event["id"] for event in events],
        "participations": [each["id"] for event in events for each in event["participations"]["nodes"]],
        "opportunities": [each["id"] for each in data["opportunities"]["nodes"]],
        "departments": [each["department"]["id"] for each in data["opportunities"]["nodes"] if each["department"]],
        "referrals": [each["id"] for each in data["referrals"]["nodes"]],
        "skills": [skill["skill"]["id"] for alumnus in alumni for skill in alumnus["skills"]],
        "employments": [each["id"] for alumnus in alumni for each in alumnus["employments"]],
        "companies": [data["viewer"]["company"]["id"]],
    }
    found["people"] = found["alumni"] + found["employees"]
    found["ids"] = [each for noun in found for each in found[noun][:5]]
    found["cursors"] = [edge["cursor"] for edge in data["alumni"]["edges"]]
    return {**found, "counts": [0, 1, 2, 3, 100], "versions": [1, 2]}


def settings(found):
    lines = []
    for name, values in found.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}"]
    lines.append("[parameters]")
    bindings = {f"*.*.{path}": name for path, name in BINDINGS.items()}
    for noun, name in NOUNS.items():
        bindings[f"Query.{noun}.id"] = name
        for verb in ["Update", "Publish", "Cancel", "Open", "Close", "Advance", "Withdraw"]:
            bindings[f"Mutation.{noun}{verb}.input.id"] = name
    lines += [f'"{path}" = {{ dictionary = "{name}", probability = 0.8 }}' for path, name in bindings.items()]
    return "\n".join(lines)


def run(folder, who, headers, seconds):
    print(f"\n{who}, {seconds} s", flush=True)
    command = ["schemathesis", "--no-color", "run", HTTP]
    command += ["--max-time", str(seconds), "--seed", SEED, "--generation-database", "none", "--checks", CHECKS, "--warnings", "off"]
    for header in headers:
        command += ["--header", header]
    hooks = {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE)}
    # It reads schemathesis.toml where it runs, and leaves what it found there.
    return subprocess.run(command, cwd=folder, env={**os.environ, **hooks}).returncode == 0


with tempfile.TemporaryDirectory() as folder:
    Path(folder, "schemathesis.toml").write_text(settings(things()))
    outcomes = [run(folder, *each) for each in RUNS]

print(f"{sum(outcomes)} passed, {len(outcomes) - sum(outcomes)} failed")
sys.exit(0 if all(outcomes) else 1)
