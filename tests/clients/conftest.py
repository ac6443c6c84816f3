"""The server under test: each test has a site of its own, and no test may need what the server lacks."""

import os

import pytest
import requests

SERVER = os.environ["MOCK_JIRA_URL"]


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
