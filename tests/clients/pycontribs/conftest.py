"""The library `jira` (pycontribs), used as its documentation shows."""

import sys

import pytest
from jira import JIRA, JIRAError
from methods import watch


def pytest_collection_modifyitems(items):
    """What all tests together have called is known after the last of them."""
    items.sort(key=lambda item: item.path.name == "test_whole.py")


@pytest.fixture(autouse=True)
def watched():
    sys.setprofile(watch)
    yield
    sys.setprofile(None)


@pytest.fixture
def refusal():
    """The status with which a call is refused."""

    def refusal(call, *arguments, **named):
        with pytest.raises(JIRAError) as refused:
            call(*arguments, **named)
        return refused.value.status_code

    return refusal


@pytest.fixture
def jira(site):
    return JIRA(server=site.url, basic_auth=site.admin)


@pytest.fixture
def developer(site):
    """The account id of the developer."""
    return JIRA(server=site.url, basic_auth=site.developer).current_user()


@pytest.fixture
def issue(jira):
    return jira.create_issue(project="DEMO", summary="New", issuetype={"name": "Task"})
