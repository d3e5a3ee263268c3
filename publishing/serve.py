"""Show the site on this machine: ``python -m publishing.serve 8000``."""

import argparse
import errno
import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Show the site on this machine.")
    parser.add_argument("port", help="number from 1 to 65535, such as 8000")
    port = parser.parse_args(arguments).port
    if not (port.isdecimal() and 1 <= int(port) <= 65535):
        return f"PORT must be a number from 1 to 65535, got {port!r}"
    try:
        server = ThreadingHTTPServer(
            ("127.0.0.1", int(port)), functools.partial(SimpleHTTPRequestHandler, directory=SITE)
        )
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        what = "is taken" if error.errno == errno.EADDRINUSE else "is not for everyone"
        return f"port {port} {what}; choose another one, such as: make serve PORT={int(port) % 1000 + 8001}"
    with server:
        print(f"The book is at http://localhost:{port} until you press Ctrl-C.", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
    return None


if __name__ == "__main__":
    sys.exit(main())
