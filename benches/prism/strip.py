"""Cuts examples of the official document out of a report: bodies, and what quotes them. Prints what is left."""

import json
import sys

LONGEST = 80


def cut(text: str) -> str:
    # A body that prism sends as one text begins with a quotation mark.
    if text.startswith(('"{', '"[')):
        return "a text instead of JSON"
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    report["target"] = report["target"].replace(sys.argv[2], "4010")
    for operation in report["operations"]:
        operation.pop("notes", None)
        # Failures that read alike once they are cut are one.
        kinds = {}
        for failure in operation["failures"]:
            for name in ["message", "expected", "actual"]:
                failure[name] = cut(failure[name])
            for step in failure["steps"]:
                step["curl"] = step["curl"].replace(":" + sys.argv[2], ":4010")
                step["body"] = ""
            known = kinds.setdefault((failure["check"], failure["at"], failure["message"]), failure)
            if known is not failure:
                known["times"] += failure["times"]
        operation["failures"] = list(kinds.values())
    json.dump(report, sys.stdout, ensure_ascii=False, indent=1)
    print()


main()
