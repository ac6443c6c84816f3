"""What the tests of `atlassian-python-api` share: clients of a site's administrator that know which of their methods
the tests have called, and a new issue."""

import sys
from pathlib import Path

import pytest
from atlassian import Jira, JiraCloud
from requests import HTTPError

HERE = Path(__file__).parent

# Names of methods that tests took from clients: what methods call in their turn doesn't count.
called = {Jira: set(), JiraCloud: set()}


def watched(library):
    """The class, noting down what is asked of it."""

    def note(self, name):
        if Path(sys._getframe(1).f_code.co_filename).parent == HERE:
            called[library].add(name)
        return object.__getattribute__(self, name)

    return type(library.__name__, (library,), {"__getattribute__": note})


@pytest.fixture
def jira(site):
    email, token = site.admin
    return watched(Jira)(url=site.url, username=email, password=token, cloud=True)


@pytest.fixture
def cloud(site):
    email, token = site.admin
    return watched(JiraCloud)(url=site.url, username=email, password=token)


def document(text):
    """An Atlassian document of one line."""
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


@pytest.fixture
def key(jira):
    fields = {"project": {"key": "DEMO"}, "issuetype": {"name": "Task"}, "summary": "New"}
    return jira.create_issue(fields=fields)["key"]


@pytest.fixture
def developer(site, jira):
    (found,) = jira.user_find_by_user_string(query=site.developer[0])
    return found["accountId"]


def refused(status, call, *args, **named):
    """The call is answered with this status."""
    with pytest.raises(HTTPError) as error:
        call(*args, **named)
    assert error.value.response.status_code == status
