"""Looks at the harness's page as a person would: finds a failure on the map, opens it, searches, in light and dark."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FAILED = "GET /rest/api/3/issue/{issueIdOrKey}"


def check(page, url: str, pictures: Path | None, scheme: str) -> None:
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: problems.append(request.url) if request.url != url else None)
    page.emulate_media(color_scheme=scheme)
    page.goto(url)
    assert page.title() == "The gate falls short", page.title()

    run = page.locator("section.run").first
    entry = run.locator("details.operation", has_text=FAILED)
    assert run.locator("details.operation:visible").count() == 2, "failed operations are shown at first"
    assert not entry.evaluate("entry => entry.open")

    # From the map to the failure and its requests.
    run.locator("a.cell.failed").first.click()
    assert entry.evaluate("entry => entry.open")
    curl = entry.locator("pre.curl")
    assert curl.count() == 2 and curl.first.is_visible()
    assert curl.first.inner_text().startswith("curl -s -X POST")
    assert entry.locator("pre.bad").inner_text() == "<b>12</b> | `12` ]]> @everyone"
    if pictures:
        page.screenshot(path=pictures / f"failure-{scheme}.png")

    # A skipped operation is found by its cell although its state is filtered out.
    run.locator("a.cell.skipped").first.click()
    assert run.get_by_text("excluded by --operations").first.is_visible()

    # Search and filters.
    search = run.get_by_role("searchbox")
    search.fill("documented-status 422")
    assert run.locator("details.operation:visible").count() == 1
    assert run.locator("output").inner_text() == "1 of 4 shown"
    search.fill("")
    run.get_by_role("checkbox", name="skipped").check()
    assert run.locator("details.operation:visible").count() == 4
    run.get_by_role("checkbox", name="failed").uncheck()
    assert run.locator("details.operation:visible").count() == 2

    # The colours follow the reader's, and text stays readable.
    back, text = page.evaluate("() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    assert contrast(back, text) >= 7, (scheme, back, text)
    assert (luminance(back) > 0.5) == (scheme == "light")

    # Nothing is cut off on a telephone.
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    if pictures:
        page.screenshot(path=pictures / f"whole-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not problems, problems


def luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in colour[4:-1].split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def main() -> None:
    url = Path(sys.argv[1]).resolve().as_uri()
    pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for scheme in ["light", "dark"]:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            check(page, url, pictures, scheme)
            page.close()
            print(f"the page works, {scheme}")
        browser.close()


main()
