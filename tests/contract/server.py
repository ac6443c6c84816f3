"""Starts what is tested: the server, and the harness that judges it."""

import base64
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
ADMIN = ("admin@example.com", "admin-token")


def built():
    """The server's binary, from `-b FILE` or built, and the harness's."""
    arguments = sys.argv[1:]
    binary = TARGET / "debug/mock-jira"
    if arguments[:1] == ["-b"]:
        binary = pathlib.Path(arguments[1]).resolve()
    else:
        subprocess.run(["cargo", "build", "--quiet", "-p", "mock-jira", "--bin", "mock-jira"], cwd=ROOT, check=True)
    subprocess.run(["cargo", "build", "--quiet", "-p", "harness"], cwd=ROOT, check=True)
    return binary, TARGET / "debug/harness"


def clean_environment():
    """The environment without what would change how the server or the harness behaves."""
    gone = ("MOCK_JIRA_", "JIRA_", "OTHER_", "DATABASE_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(gone)}


class Server:
    """A started server. Use it with `with`."""

    def __init__(self, binary, *options, tls=False):
        self.folder = tempfile.TemporaryDirectory()
        # Root's PostgreSQL runs as somebody else.
        os.chmod(self.folder.name, 0o711)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        self.authority = pathlib.Path(self.folder.name) / "data/tls/ca.pem"
        keep = ["--data-dir", str(pathlib.Path(self.folder.name) / "data"), "--tls"] if tls else ["--ephemeral"]
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+")
        command = [binary, *keep, "--listen", f"127.0.0.1:{port}", *options]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=clean_environment())
        until = time.monotonic() + 60
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                self.log.seek(0)
                sys.exit(f"the server did not start:\n{self.log.read()}")
            time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(2)
        self.process.wait()
        self.log.close()
        self.folder.cleanup()

    def is_ready(self):
        try:
            return self.get("/_mock/ready")["status"] == "ready"
        except OSError:
            return False

    def get(self, path):
        return self.send("GET", path)

    def send(self, method, path, body=None):
        """The answer's JSON; None if it has none, or if the operation is not served."""
        headers = {"authorization": "Basic " + base64.b64encode(":".join(ADMIN).encode()).decode()}
        if body is not None:
            body, headers["content-type"] = json.dumps(body).encode(), "application/json"
        handlers = [urllib.request.ProxyHandler({})]
        if self.url.startswith("https"):
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.authority)))
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.build_opener(*handlers).open(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            if error.code == 501:
                return None
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else None


def require(holds, *what):
    """Ends the test if something does not hold."""
    if not holds:
        sys.exit("\n".join(map(str, ("failed:", *what))))
