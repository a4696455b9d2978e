"""`authlab up` as a program: its one line, its control API, how it ends."""

import signal
import socket
import subprocess
import tempfile
import unittest

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


if __name__ == "__main__":
    unittest.main()
