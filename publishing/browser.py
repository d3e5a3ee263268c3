"""The browser that is on the machine: the tests drive it, and it prints the PDF."""

import os
import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

PROGRAMS = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
]
REMEDY = "install one, such as `apt install chromium` or https://www.google.com/chrome"


def find_browser():
    """Path of a Chromium or Chrome; None if there is none."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def open_browser(program):
    """Start a headless browser that asks no other host for anything.

    Parameters
    ----------
    program : str
        Its path, as `find_browser` gives it.

    Yields
    ------
    playwright.sync_api.Browser
    """
    arguments = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    # The sandbox refuses to work for root, which one often is in a container.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
