"""Which methods the library has, and which of them the tests have called."""

import inspect
from pathlib import Path

import jira.resources
from jira import JIRA

HERE = Path(__file__).parent


def public(owner):
    return [name for name, member in vars(owner).items() if not name.startswith("_") and inspect.isroutine(member)]


def code(method):
    """The code of a method itself, without its decorators (not all of which say what they wrap)."""
    method = inspect.unwrap(method)
    inner = [cell.cell_contents for cell in method.__closure__ or () if inspect.isfunction(cell.cell_contents)]
    return code(inner[0]) if inner else method.__code__


# The code of each public method of the library: "add_comment", "Comment.update".
METHODS = {code(vars(JIRA)[name]): name for name in public(JIRA)}
for resource in vars(jira.resources).values():
    if inspect.isclass(resource) and issubclass(resource, jira.resources.Resource):
        for name in public(resource):
            METHODS[code(vars(resource)[name])] = f"{resource.__name__}.{name}"

# What stands between a test and a method: the functions that the library's decorators make.
DECORATORS = {"wrapper", "check_if_cloud", "is_experimental"}

called = set()


def watch(frame, event, _):
    """Remembers the methods that a test calls itself: what they call in their turn doesn't count."""
    if event != "call" or frame.f_code not in METHODS:
        return
    caller = frame.f_back
    while caller and caller.f_code.co_name in DECORATORS:
        caller = caller.f_back
    if caller and Path(caller.f_code.co_filename).parent == HERE:
        called.add(METHODS[frame.f_code])
