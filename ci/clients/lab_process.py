"""`authlab up` as a process, and what its one line of JSON says."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("AUTHLAB_BINARY", str(ROOT / "target" / "debug" / "authlab"))


class LabProcess:
    """A lab on free ports. Use it as a context."""

    def __init__(self, *arguments, stderr=None):
        ports = [word for name in ("aws", "vault", "oidc", "control") for word in (f"--{name}-port", "0")]
        self.process = subprocess.Popen(
            [BINARY, "up", "--format", "json", *ports, *arguments],
            stdout=subprocess.PIPE, stderr=stderr, text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            self.process.stdout.close()
            raise RuntimeError(f"authlab up ended with status {self.process.wait()}")
        self.endpoints = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self, sent=signal.SIGTERM):
        """Stops the lab and gives its exit status and what else it printed."""
        if self.process.poll() is None:
            self.process.send_signal(sent)
        rest = self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait(timeout=30), rest

    @property
    def accounts(self):
        return {account["name"]: account["id"] for account in self.endpoints["aws"]["accounts"]}

    def administrator(self, account):
        """The access key of an account's administrator, as STS spells credentials."""
        found = next(each for each in self.endpoints["aws"]["accounts"] if each["name"] == account)
        keys = found["administrator"]
        return {
            "AccessKeyId": keys["access_key_id"],
            "SecretAccessKey": keys["secret_access_key"],
        }

    def root(self, account):
        """The access key of an account's root user."""
        return {"AccessKeyId": self.accounts[account], "SecretAccessKey": "test"}

    def control(self, method, path, body=None):
        """A request to the control API: the status and the decoded answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoints["control"] + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, decode(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, decode(error.read())

    def advance(self, seconds):
        status, answer = self.control("POST", "/_lab/clock", {"advance_seconds": seconds})
        assert status == 200, answer
        return answer["now"]


def decode(body):
    """A JSON document, or JSON lines as a list."""
    text = body.decode()
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines()]
