"""`authlab up` as a program: its one line, its control API, how it ends. And `authlab vault`."""

import json
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from lab_process import BINARY, LabProcess


class Command(unittest.TestCase):
    def test_the_line_says_where_everything_is(self):
        with LabProcess() as lab:
            said = lab.endpoints
            self.assertEqual(set(said), {"seed", "organization", "aws", "vault", "oidc", "control"})
            self.assertEqual(said["organization"], "o-authlab001")
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

    def test_a_lab_draws_its_seed_and_says_it(self):
        drawn = []
        for _ in range(2):
            with LabProcess() as lab:
                drawn.append((lab.endpoints["seed"], lab.endpoints["vault"]["root_token"]))
        self.assertNotEqual(drawn[0][0], drawn[1][0])
        self.assertNotEqual(drawn[0][1], drawn[1][1])
        with LabProcess("--seed", str(drawn[0][0])) as lab:
            self.assertEqual(lab.endpoints["vault"]["root_token"], drawn[0][1])

    def test_it_stops_in_three_seconds_whatever_a_client_holds(self):
        held = (b"", b"GET / HT", b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nab")
        lab = LabProcess()
        clients = []
        for url in (lab.endpoints["aws"]["endpoint"], lab.endpoints["vault"]["addr"], lab.endpoints["control"]):
            for sent in held:
                clients.append(socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))))
                self.addCleanup(clients[-1].close)
                clients[-1].sendall(sent)
        begin = time.monotonic()
        self.assertEqual(lab.stop(), (0, ""))
        self.assertLess(time.monotonic() - begin, 3.5)

    def test_a_second_signal_ends_it_at_once(self):
        lab = LabProcess()
        port = int(lab.endpoints["vault"]["addr"].rsplit(":", 1)[1])
        held, idle = (socket.create_connection(("127.0.0.1", port)) for _ in range(2))
        with held, idle:
            held.sendall(b"POST / HTTP/1.1\r\n")
            # Answered, so what was held back has arrived before.
            self.assertEqual(lab.control("GET", "/_lab/health")[0], 200)
            lab.process.send_signal(signal.SIGINT)
            # Who asks for nothing is let go once the first signal was heard.
            self.assertEqual(idle.recv(1), b"")
            self.assertEqual(lab.stop(signal.SIGTERM)[0], 130)

    def test_a_journal_that_cannot_be_written_ends_it_and_is_told(self):
        run = subprocess.run(
            [BINARY, "up", "--aws-port", "0", "--vault-port", "0", "--oidc-port", "0", "--control-port", "0",
             "--journal", "/nowhere/journal"],
            capture_output=True, text=True, timeout=30,
        )
        self.assertEqual(run.returncode, 1)
        self.assertIn("/nowhere/journal", run.stderr)
        lab = LabProcess("--journal", "/dev/full", stderr=subprocess.PIPE)
        address = lab.endpoints["vault"]["addr"]
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{address}/v1/secret/data/x")
        caught.exception.close()
        with lab.process.stderr as told:
            self.assertIn("/dev/full", told.read())
        self.assertEqual(lab.process.wait(timeout=30), 1)
        lab.process.stdout.close()

    def test_pages_and_names_are_let_in_by_option_only(self):
        def status(lab, headers):
            address = lab.endpoints["vault"]["addr"]
            request = urllib.request.Request(f"{address}/v1/sys/health", headers=headers)
            try:
                with urllib.request.urlopen(request) as answer:
                    return answer.status
            except urllib.error.HTTPError as error:
                with error:
                    return error.code

        page, name = {"Origin": "http://localhost:3000"}, {"Host": "lab.corp.example"}
        with LabProcess() as lab:
            self.assertEqual([status(lab, each) for each in ({}, page, name)], [200, 403, 403])
        with LabProcess("--allow-origin", page["Origin"], "--allow-host", name["Host"]) as lab:
            self.assertEqual([status(lab, each) for each in ({}, page, name)], [200, 200, 200])
        for option in ("--allow-origin", "--allow-host"):
            run = subprocess.run([BINARY, "up", option, "*"], capture_output=True, text=True, timeout=30)
            self.assertEqual((run.returncode, option in run.stderr), (2, True))


class VaultAlone(unittest.TestCase):
    def start(self, *arguments):
        process = subprocess.Popen(
            [BINARY, "vault", "--dev", "--listen", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE, text=True,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        said = {}
        for line in process.stdout:
            words = line.split()
            if words and words[0] == "export":
                said.update(word.split("=", 1) for word in words[1:])
            elif words and words[0] == "stop":
                return process, said
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
        self.assertEqual((said["BAO_TOKEN"], said["VAULT_TOKEN"]), ("root", "root"))
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
