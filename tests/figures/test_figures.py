"""What all figures that readers move have in common."""

import gzip
import json
import re
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from publishing.figures import FOLDER, SHARED, describe, names
from svdbook.figures import DESCRIPTIONS
from svdbook.figures._widget import module

NAMES = names()
every_figure = pytest.mark.parametrize("name", NAMES)
LIMIT_BYTES = 15_000


def test_the_descriptions_and_drawings_are_what_the_modules_make(chromium):
    descriptions, drawings = describe(chromium)
    assert descriptions == DESCRIPTIONS, "run `make figures`"
    for name, drawing in drawings.items():
        assert drawing == (FOLDER / f"{name}.svg").read_text(encoding="utf-8"), f"{name}: run `make figures`"


@pytest.mark.parametrize("name", [*NAMES, *sorted(SHARED)])
def test_a_module_is_light(name):
    sources = [FOLDER / f"{name}.mjs", FOLDER / f"{name}.svg"]
    weight = sum(len(gzip.compress(path.read_bytes())) for path in sources if path.is_file())
    assert weight <= LIMIT_BYTES


@pytest.mark.parametrize("name", [*NAMES, *sorted(SHARED)])
def test_a_module_asks_nobody_and_writes_no_html(name):
    source = (FOLDER / f"{name}.mjs").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)
    addresses = set(re.findall(r"\bhttps?://[^\s\"'`)]+", source))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(fetch|XMLHttpRequest|sendBeacon|WebSocket)\b", source)


@every_figure
def test_without_a_script_there_is_a_drawing_that_says_the_same(name, chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/figures/{name}.html")
    picture = tab.locator("main img")
    assert picture.get_attribute("alt") == DESCRIPTIONS[name]["summary"]
    assert picture.bounding_box()["width"] > 100
    context.close()


@every_figure
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(name, theme, width, figure):
    figure.tab.emulate_media(color_scheme=theme)
    figure.tab.set_viewport_size({"width": width, "height": 900})
    figure.open(name)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    for state in ("as it begins", "after a guess", "with its help"):
        if state == "after a guess":
            figure.tab.locator(".question input").first.check()
            figure.click("Commit the guess, then move")
        if state == "with its help":
            figure.click("Help")
        violations = Axe().run(figure.tab, options=options).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == [], state


@every_figure
def test_nothing_is_wider_than_a_phone(name, figure_on_a_phone):
    figure_on_a_phone.open(name)
    assert figure_on_a_phone.tab.evaluate("document.documentElement.scrollWidth") == 360


@every_figure
def test_what_a_finger_meets_is_large_enough(name, figure_on_a_phone):
    tab = figure_on_a_phone.open(name).tab
    touched = ".fig :is(button, select, input, summary, .handle .target)"
    sizes = tab.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility({ visibilityProperty: true }))
            .map((node) => [node.outerHTML.slice(0, 80), ...["width", "height"].map((side) => node.getBoundingClientRect()[side])])""",
        touched,
    )
    assert sizes
    assert [size for size in sizes if min(size[1:]) < 24] == []


@every_figure
def test_a_guess_is_kept_and_answered(name, figure):
    figure.open(name)
    question = figure.tab.locator(".question")
    figure.click("Commit the guess, then move")
    assert "Choose an answer first" in question.inner_text()
    question.locator("input").last.check()
    figure.click("Commit the guess, then move")
    answer = question.locator("[role=status]").inner_text()
    assert answer.startswith("You guessed: ")
    figure.open(name)
    assert question.locator("[role=status]").inner_text() == answer
    assert question.locator("input").last.is_checked()


@every_figure
def test_its_goal_is_not_reached_before_anything_is_moved(name, figure):
    assert not figure.open(name).goal_is_reached


@every_figure
def test_the_link_leads_to_the_state_and_reset_to_the_first_one(name, figure):
    figure.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    figure.open(name)
    first = figure.summary
    movable = figure.tab.locator(
        ".handle[tabindex]:visible, .fig input[type=range]:enabled:visible, .fig select:enabled:visible, .fig input[type=checkbox]:enabled:visible"
    ).first
    movable.focus()
    if movable.evaluate("node => node.type === 'checkbox'"):
        figure.tab.keyboard.press("Space")
    else:
        for key in ("ArrowRight", "ArrowUp", "ArrowDown", "ArrowDown"):
            figure.tab.keyboard.press(key)
    moved = figure.summary
    assert moved != first
    figure.click("Copy link")
    figure.tab.wait_for_function("document.querySelector('.fig > [role=status]').textContent.includes('Link')")
    link = figure.tab.evaluate("navigator.clipboard.readText()")
    figure.click("Reset")
    assert figure.summary == first
    figure.tab.goto("about:blank")
    figure.tab.goto(link)
    figure.tab.wait_for_selector(".fig")
    assert figure.summary == moved


@every_figure
@pytest.mark.parametrize(
    "fragment",
    ["{", "null", "[]", '"x"', '{"%s": {"__proto__": 1}}', '{"%s": [[]]}', '{"%s": "<img src=x onerror=alert(1)>"}', '{"%s": 1e999}', '{"%s": null}', '{"hidden": 3, "fixed": {"a": 1}}'],
)  # fmt: skip
def test_a_link_that_somebody_made_up_does_no_harm(name, fragment, figure):
    keys = list(DESCRIPTIONS[name]["state"])
    figure.open(name)
    first = figure.summary
    for key in keys if "%s" in fragment else [""]:
        if isinstance(DESCRIPTIONS[name]["state"].get(key), str) and "allowed" not in DESCRIPTIONS[name]:
            continue
        figure.tab.goto("about:blank")
        figure.tab.goto(f"{figure.address}/figures/{name}.html#{name}={quote(fragment.replace('%s', key))}")
        figure.tab.wait_for_selector(".fig")
        if "img" not in fragment or key in DESCRIPTIONS[name].get("allowed", {}):
            assert figure.summary == first
        assert figure.tab.locator("img").count() == 0


@every_figure
def test_an_instructor_fixes_and_hides(name, figure):
    keys = list(DESCRIPTIONS[name]["state"])
    figure.open(name, fixed=keys, hidden=["question", "goal", "tools"])
    tab = figure.tab
    assert tab.locator(".question, .goal, .tools").filter(visible=True).count() == 0
    assert tab.locator(".handle[tabindex]").count() == 0
    assert tab.locator(".fig :is(input[type=range], select, input[type=checkbox]):enabled:visible").count() == 0


@every_figure
def test_the_keys_that_all_have(name, figure):
    figure.open(name)
    status = figure.tab.locator(".fig > [role=status]")
    focusable = figure.tab.locator(".handle[tabindex]:visible, .tools button").first
    focusable.focus()
    figure.tab.keyboard.press("s")
    assert status.inner_text() == figure.summary
    figure.tab.keyboard.press("?")
    dialog = figure.tab.get_by_role("dialog")
    assert "What to try" in dialog.inner_text()
    figure.tab.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_a_widget_is_one_module_with_all_that_it_needs():
    for name in NAMES:
        text = module(name)
        assert not re.search(r'from "\./', text)
        assert len(re.findall(r'from "data:text/javascript;base64,', text)) >= 1


def test_the_state_of_a_figure_is_plain_data():
    for description in DESCRIPTIONS.values():
        assert json.loads(json.dumps(description["state"])) == description["state"]
        assert description["summary"].endswith(".")
