"""Scores of Lighthouse for a phone, page by page: the middle of three runs (npx fetches it, where Node is present)."""

import gzip
import http.server
import json
import os
import shutil
import subprocess
import threading
from functools import partial
from pathlib import Path

from benchmarks.weight import SITE
from publishing.book import Book
from publishing.browser import find_browser


class CompressingHandler(http.server.SimpleHTTPRequestHandler):
    """Sends files as the hosts of such sites do: compressed, and to be kept."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        content = path.read_bytes()
        self.send_response(200)
        if path.suffix in {".html", ".css", ".js", ".svg"}:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(content)


def measure():
    browser = find_browser()
    if shutil.which("npx") is None or browser is None:
        print("left out: it needs Node's npx, and Chromium or Chrome")
        return
    environment = os.environ | {"CHROME_PATH": browser}
    kinds = ["performance", "accessibility", "best-practices", "seo"]
    times = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"]
    print(f"{'':32}" + "".join(f"{name:>16}" for name in kinds) + "   first paint, largest paint, blocked")
    handler = partial(CompressingHandler, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in Book().pages:
            address = f"http://127.0.0.1:{server.server_port}/{page.document}.html"
            command = ["npx", "--yes", "lighthouse@12.8.2", address, "--quiet", "--output=json", f"--only-categories={','.join(kinds)}",
                       "--chrome-flags=--headless --no-sandbox --disable-background-networking"]  # fmt: skip
            # One run alone hangs on what else the machine does in that second.
            runs = [
                subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(3)
            ]
            reports = [json.loads(finished.stdout) for finished in runs]
            report = sorted(reports, key=lambda report: report["categories"]["performance"]["score"])[1]
            scores = "".join(f"{100 * report['categories'][name]['score']:16.0f}" for name in kinds)
            shown = ", ".join(report["audits"][name]["displayValue"] for name in times)
            print(f"{page.document:32}{scores}   {shown}", flush=True)
        server.shutdown()
