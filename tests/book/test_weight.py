"""What a visit costs: the budget of benchmarks/budget.toml, and nothing that a page does not use."""

import re
from functools import cache

import pytest
from pages import PAGES

from benchmarks.weight import visit

# Each file that pages ask for, and what a page has that uses it.
USES = {
    r"_static/(site\.css|book\.js|documentation_options\.js|doctools\.js|sphinx_highlight\.js)": "body",
    r"_static/logo\.svg": "link[rel~=icon]",
    r"_static/fonts/[\w-]+\.woff2": "math",
    r"_static/(clipboard\.min|copybutton)\.js": "button.copybtn",
    r"_static/figures\.mjs": "[data-figure]",
    r"_static/(language_data|searchtools)\.js": "#search-results",
}


@pytest.fixture(scope="module")
def weigh(chromium, site):
    return cache(lambda name: visit(chromium, name, site))


@pytest.mark.parametrize("name", PAGES)
def test_a_cold_visit_is_within_the_budget(weigh, name):
    found = weigh(name)
    assert found.kilobytes["html"] > 1
    assert found.over() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_that_is_missing_or_of_no_use_to_it(weigh, tab, address, name):
    found = weigh(name)
    assert found.missing == ()
    assert len(set(found.files)) == len(found.files)
    tab.goto(f"{address}/{name}")
    useless = [
        file
        for file in found.files
        if file != name
        and not any(re.fullmatch(path, file) and tab.locator(user).count() for path, user in USES.items())
    ]
    assert useless == []


@pytest.mark.parametrize("name", PAGES)
def test_one_style_sheet_keeps_the_page_from_being_drawn_and_nothing_else(tab, address, name):
    tab.goto(f"{address}/{name}")
    blocking = tab.evaluate(
        """() => performance.getEntriesByType("resource")
            .filter(entry => entry.renderBlockingStatus === "blocking").map(entry => entry.name)"""
    )
    assert [re.sub(r"\?.*", "", url) for url in blocking] == [f"{address}/_static/site.css"]
    # A script without `defer` stops the reading of the page where it stands.
    assert tab.locator("script[src]:not([defer]):not([async]):not([type=module])").count() == 0
    assert "@import" not in tab.request.get(f"{address}/_static/site.css").text()
