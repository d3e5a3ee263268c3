"""A figure on its own page of the built site, as a reader moves it."""

import json
import re
from urllib.parse import quote

import pytest


class FigurePage:
    """What the tests of a figure do with it, and the numbers that it shows."""

    def __init__(self, tab, address):
        self.tab = tab
        self.address = address

    def open(self, name, **state):
        """Open the page of a figure, in the state that a link gives it."""
        self.name = name
        fragment = f"#{name}={quote(json.dumps(state))}" if state else ""
        # A page that differs in its fragment only would not be loaded again.
        self.tab.goto("about:blank")
        self.tab.goto(f"{self.address}/figures/{name}.html{fragment}")
        self.tab.wait_for_selector(".fig")
        return self

    def settle(self):
        """Wait until what was asked for is drawn."""
        self.tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def text(self, part):
        """What the list of values says of a part."""
        self.settle()
        return self.tab.locator(f".readouts [data-part={part}] dd").inner_text()

    def numbers(self, part):
        """The numbers that the list of values gives for a part."""
        written = self.text(part).replace("−", "-").replace("∞", "inf")
        return [float(number) for number in re.findall(r"-?(?:inf|\d+\.?\d*(?:e[+-]?\d+)?)", written)]

    def number(self, part):
        (number,) = self.numbers(part)
        return number

    def handle(self, part):
        return self.tab.locator(f".handle[data-part={part}]")

    def drag(self, part, right, up):
        """Drag a handle by pixels of the screen with the mouse."""
        self.handle(part).scroll_into_view_if_needed()
        box = self.handle(part).locator(".knob").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse = self.tab.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + right / 2, y - up / 2)
        mouse.move(x + right, y - up)
        mouse.up()
        self.settle()

    def touch(self, part, right, up):
        """Drag a handle with a finger, on a screen that can be touched."""
        self.handle(part).scroll_into_view_if_needed()
        box = self.handle(part).locator(".knob").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        session = self.tab.context.new_cdp_session(self.tab)
        for kind, step in (("touchStart", 0), ("touchMove", 0.5), ("touchMove", 1), ("touchEnd", None)):
            points = [] if step is None else [{"x": x + step * right, "y": y - step * up}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.settle()

    def press(self, part, *keys):
        """Press keys on a handle."""
        self.handle(part).focus()
        for key in keys:
            self.tab.keyboard.press(key)
        self.settle()

    def click(self, text):
        self.tab.get_by_role("button", name=text, exact=True).click()
        self.settle()

    @property
    def goal_is_reached(self):
        self.settle()
        return "✓" in self.tab.locator(".goal").inner_text()

    @property
    def summary(self):
        self.settle()
        return self.tab.locator(".fig > .spoken").first.inner_text()


@pytest.fixture
def figure(tab, address):
    page = FigurePage(tab, address)
    yield page
    assert tab.problems == []


@pytest.fixture
def figure_on_a_phone(chromium, address):
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    context.set_default_timeout(120_000)
    tab = context.new_page()
    problems = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    yield FigurePage(tab, address)
    context.close()
    assert problems == []
