"""What the tests of `atlassian-python-api` share: a client of a site's administrator, and a new issue."""

import pytest
from atlassian import Jira
from requests import HTTPError


@pytest.fixture
def jira(site):
    email, token = site.admin
    return Jira(url=site.url, username=email, password=token, cloud=True)


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
