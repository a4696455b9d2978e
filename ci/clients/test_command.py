"""`authlab up` as a program: its one line, its control API, how it ends. And `authlab vault`."""

import json
import signal
import socket
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from lab_process import BINARY, LabProcess


class Command(unittest.TestCase):
    def test_the_line_says_where_everything_is(self):
        with LabProcess() as lab:
            said = lab.endpoints
            self.assertEqual(set(said), {"aws", "vault", "oidc", "control"})
            names = [account["name"] for account in said["aws"]["accounts"]]
            self.assertEqual(names, ["management", "workload-a", "workload-b", "monitoring"])
            self.assertEqual(set(said["oidc"]), {"issuer", "token_endpoint", "jwks_uri"})
            self.assertEqual(lab.control("GET", "/_lab/health")[0], 200)

    def test_both_signals_end_it_with_status_0_and_nothing_more_is_printed(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sent):
                self.assertEqual(LabProcess().stop(sent), (0, ""))

    def test_a_busy_port_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            run = subprocess.run(
                [BINARY, "up", "--aws-port", str(port), "--vault-port", "0", "--oidc-port", "0",
                 "--control-port", "0"],
                capture_output=True, text=True, timeout=30,
            )
            self.assertEqual(run.returncode, 1)
            self.assertIn(str(port), run.stderr)
            self.assertIn("--aws-port", run.stderr)

    def test_a_malformed_lab_file_is_refused_at_its_line(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write('seed = 1\n[[account]]\nid = "12"\nname = "a"\n')
            file.flush()
            with self.assertRaises(RuntimeError) as caught:
                LabProcess("--lab", file.name)
            self.assertIn("status 2", str(caught.exception))

    def test_the_clock_moves_and_refuses_nonsense(self):
        with LabProcess("--clock", "2026-03-01T00:00:00Z") as lab:
            self.assertEqual(
                lab.control("GET", "/_lab/clock"), (200, {"now": "2026-03-01T00:00:00Z", "running": False})
            )
            self.assertEqual(lab.advance(90), "2026-03-01T00:01:30Z")
            for body in (
                {"advance_seconds": -1}, {"advance_seconds": 1.5}, {"advance_seconds": "1"}, {},
                {"set": "noon"}, {"component": "toaster", "offset_seconds": 1}, {"forward": 1},
            ):
                with self.subTest(body):
                    status, answer = lab.control("POST", "/_lab/clock", body)
                    self.assertEqual(status, 400)
                    self.assertEqual(list(answer), ["error"])
            status, answer = lab.control("POST", "/_lab/clock", {"component": "gateway", "offset_seconds": -30})
            self.assertEqual((status, answer["now"]), (200, "2026-03-01T00:01:30Z"))
            self.assertEqual(lab.control("POST", "/_lab/reset")[1]["now"], "2026-03-01T00:00:00Z")
            self.assertEqual(lab.control("GET", "/_lab/journal")[0], 200)

    def test_equal_seeds_give_equal_tokens(self):
        def root(seed):
            with LabProcess("--seed", str(seed)) as lab:
                return lab.endpoints["vault"]["root_token"]

        self.assertEqual(root(5), root(5))
        self.assertNotEqual(root(5), root(6))


class VaultAlone(unittest.TestCase):
    def start(self, *arguments):
        process = subprocess.Popen(
            [BINARY, "vault", "--dev", "--listen", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE, text=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        for line in process.stdout:
            words = line.split()
            if words and words[0] == "export":
                return process, dict(word.split("=", 1) for word in words[1:])
        self.fail("it ended before it said where it is")

    def policies(self, address, token):
        request = urllib.request.Request(f"{address}/v1/auth/token/lookup-self", headers={"X-Vault-Token": token})
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)["data"]["policies"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def test_the_exports_lead_to_it_and_a_signal_ends_it(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sent):
                process, said = self.start()
                self.assertEqual(self.policies(said["VAULT_ADDR"], said["VAULT_TOKEN"]), ["root"])
                process.send_signal(sent)
                self.assertEqual(process.wait(timeout=30), 0)

    def test_the_root_token_is_the_given_one(self):
        _, said = self.start("--root-token", "root", "--flavour", "openbao")
        self.assertEqual(said["BAO_TOKEN"], "root")
        self.assertEqual(self.policies(said["BAO_ADDR"], "root"), ["root"])
        self.assertEqual(self.policies(said["BAO_ADDR"], "toor"), 403)

    def test_a_busy_port_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            run = subprocess.run(
                [BINARY, "vault", "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, timeout=30
            )
            self.assertEqual(run.returncode, 1)
            self.assertIn(str(port), run.stderr)
            self.assertIn("--listen", run.stderr)


if __name__ == "__main__":
    unittest.main()
