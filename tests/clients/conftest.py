"""The server under test: each test has a site of its own, and no test may need what the server lacks."""

import json
import os
import re

import pytest
import requests

SERVER = os.environ["MOCK_JIRA_URL"]
send = requests.Session.send


def record(session, request, **settings):
    """Every answer to every client, written down for `harness conform`."""
    answer = send(session, request, **settings)
    path = re.sub(r"^/_site/[^/]+", "", answer.request.path_url)
    with open(os.environ["MOCK_JIRA_ANSWERS"], "a") as answers:
        line = {
            "method": answer.request.method,
            "path": path,
            "status": answer.status_code,
            "contentType": answer.headers.get("content-type"),
            "body": answer.content.decode("utf-8", "replace"),
        }
        answers.write(json.dumps(line) + "\n")
    return answer


requests.Session.send = record


class Site:
    """A copy of the demo site, with its well-known accounts."""

    admin = ("admin@example.com", "admin-token")
    developer = ("developer@example.com", "developer-token")
    viewer = ("viewer@example.com", "viewer-token")

    def __init__(self):
        made = requests.post(f"{SERVER}/_mock/sites", json={"template": "demo"}, timeout=30)
        made.raise_for_status()
        self.name = made.json()["name"]
        self.url = SERVER + made.json()["path"]

    def requests(self):
        """Everything that was asked of the site."""
        asked = requests.get(f"{SERVER}/_mock/requests", params={"site": self.name}, timeout=30)
        return asked.json()["requests"]


@pytest.fixture
def site():
    site = Site()
    yield site
    # What the library calls and the server lacks is nothing.
    failed = [f"{r['method']} {r['path']}: {r['status']}" for r in site.requests() if r["status"] >= 500]
    assert failed == []
