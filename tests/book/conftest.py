"""A fresh tab for each test of the built site."""

import pytest


@pytest.fixture
def tab(chromium):
    """A tab without memory, which notes what goes wrong in it and what it asks for."""
    # Nothing moves, so that what is measured stands still.
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    # Against a wait without end, and not against a slow machine.
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.problems = []
    page.requested = []
    page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.requested.append(request.url))
    yield page
    context.close()
