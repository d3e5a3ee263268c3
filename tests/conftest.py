"""Fixtures for the tests of the built site, and how hard the property tests look."""

import functools
import http.server
import os
import tempfile
import threading
from pathlib import Path

import hypothesis
import nbval.kernel
import pytest
from sphinx.util.docutils import docutils_namespace

from publishing.browser import REMEDY, find_browser, open_browser
from publishing.notebooks import kernel_environment

# Kernels see what they see in `make notebooks`, and nothing of what a person has set.
KERNELS = tempfile.TemporaryDirectory(prefix="svdbook-", ignore_cleanup_errors=True)
nbval.kernel.start_new_kernel = functools.partial(nbval.kernel.start_new_kernel, env=kernel_environment(KERNELS.name))
os.environ["JUPYTER_RUNTIME_DIR"] = KERNELS.name
# Pictures are drawn in no window, and to the defaults.
os.environ.update(MPLBACKEND="agg", MPLCONFIGDIR=KERNELS.name)
os.environ.pop("MATPLOTLIBRC", None)
# There is a worker for every core already.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

ROOT = Path(__file__).resolve().parent.parent
NO_BROWSER = "no Chromium or Chrome on this machine"

# The same examples in every run: a failure comes from a change and not by chance. Fresh ones: `make fuzz`.
hypothesis.settings.register_profile("default", derandomize=True, deadline=None, max_examples=200)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=2000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="module", autouse=True)
def what_sphinx_registers():
    """Keep what Sphinx and its extensions register in docutils from the tests of other modules."""
    with docutils_namespace():
        yield


@pytest.fixture(scope="session")
def site():
    """Folder of the built site."""
    folder = ROOT / "_build" / "html"
    assert (folder / "search.html").exists(), "the site is not built: run `make book`"
    return folder


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def address(site):
    """Address of a local server of the built site, without a slash at the end."""
    handler = functools.partial(QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    """A running headless browser; without one, tests are left out and `make test` says so."""
    program = find_browser()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    with open_browser(program) as browser:
        yield browser


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


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    left_out = [report for report in skipped if NO_BROWSER in str(report.longrepr)]
    if left_out:
        files = sorted({report.nodeid.split("::")[0] for report in left_out})
        terminalreporter.write_line(f"{NO_BROWSER}: left out {len(left_out)} tests ({', '.join(files)}); {REMEDY}")
