"""The flows of the mission with boto3, hvac and the AWS CLI, before and after a day has passed."""

import datetime
import json
import os
import subprocess
import sys
import unittest

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import hvac
import requests

from lab_process import LabProcess

DAY_SECONDS = 86_400
REGION = "us-east-1"
NO_RETRIES = botocore.config.Config(retries={"max_attempts": 0})


def allow(action, resource="*"):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal, action="sts:AssumeRole", condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Flow(unittest.TestCase):
    """One lab for each test."""

    def setUp(self):
        self.lab = LabProcess()
        self.addCleanup(self.lab.stop)

    def client(self, service, account=None, session=None, region=REGION):
        keys = session or self.lab.administrator(account)
        return boto3.client(
            service,
            endpoint_url=self.lab.endpoints["aws"]["endpoint"],
            region_name=region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=NO_RETRIES,
        )

    def refused(self, code, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def before_and_after_a_day(self, flow):
        with self.subTest("before"):
            flow("before")
        self.lab.advance(DAY_SECONDS)
        with self.subTest("a day later"):
            flow("after")

    def role(self, name, account, principal, policy=None):
        iam = self.client("iam", account)
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(principal))["Role"]
        if policy:
            iam.put_role_policy(RoleName=name, PolicyName="permission", PolicyDocument=policy)
        return role["Arn"]

    def assume(self, arn, account, name="session"):
        answer = self.client("sts", account).assume_role(RoleArn=arn, RoleSessionName=name)
        return answer["Credentials"]


class AssumeRole(Flow):
    def test_a_session_is_who_it_says_and_dies_with_its_time(self):
        source, other = self.lab.accounts["workload-a"], self.lab.accounts["workload-b"]
        arn = self.role("reader", "workload-a", {"AWS": other}, allow("iam:GetRole"))

        def flow(_):
            session = self.assume(arn, "workload-b")
            identity = self.client("sts", session=session).get_caller_identity()
            self.assertEqual(identity["Account"], source)
            self.assertEqual(identity["Arn"], f"arn:aws:sts::{source}:assumed-role/reader/session")
            iam = self.client("iam", session=session)
            self.assertEqual(iam.get_role(RoleName="reader")["Role"]["Arn"], arn)
            self.refused("AccessDenied", iam.list_roles)
            self.lab.advance(3_601)
            self.refused("ExpiredToken", iam.get_role, RoleName="reader")

        self.before_and_after_a_day(flow)

    def test_trust_that_names_another_account_refuses(self):
        arn = self.role("reader", "workload-a", {"AWS": self.lab.accounts["monitoring"]})
        sts = self.client("sts", "workload-b")
        self.refused("AccessDenied", sts.assume_role, RoleArn=arn, RoleSessionName="session")
        self.assume(arn, "monitoring")

    def test_root_assumes_no_role(self):
        account = self.lab.accounts["workload-a"]
        arn = self.role("reader", "workload-a", {"AWS": account})
        root = self.client("sts", session=self.lab.root("workload-a"))
        text = self.refused("AccessDenied", root.assume_role, RoleArn=arn, RoleSessionName="session")
        self.assertEqual(text, "Roles may not be assumed by root accounts.")
        self.assume(arn, "workload-a")

    def test_a_wrong_secret_and_an_unknown_key_are_refused(self):
        account = self.lab.accounts["workload-a"]
        wrong = self.client("sts", session={"AccessKeyId": account, "SecretAccessKey": "guess"})
        self.refused("SignatureDoesNotMatch", wrong.get_caller_identity)
        unknown = {"AccessKeyId": "AKIAAAAAAAAAAAAAAAAA", "SecretAccessKey": "test"}
        self.refused("InvalidClientTokenId", self.client("sts", session=unknown).get_caller_identity)


class Observability(Flow):
    def link(self, types):
        return self.client("oam", "workload-a").create_link(
            LabelTemplate="$AccountName", ResourceTypes=types, SinkIdentifier=self.sink
        )

    def setUp(self):
        super().setUp()
        oam = self.client("oam", "monitoring")
        self.sink = oam.create_sink(Name="sink")["Arn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": self.lab.accounts["workload-a"]},
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*",
            "Condition": {"ForAllValues:StringEquals": {"oam:ResourceTypes": "AWS::CloudWatch::Metric"}},
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        oam.put_sink_policy(SinkIdentifier=self.sink, Policy=json.dumps(policy))

    def read(self, now):
        metric = {"Namespace": "App", "MetricName": "Orders"}
        query = {
            "Id": "orders",
            "AccountId": self.lab.accounts["workload-a"],
            "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"},
        }
        answer = self.client("cloudwatch", "monitoring").get_metric_data(
            MetricDataQueries=[query],
            StartTime=now - datetime.timedelta(minutes=10),
            EndTime=now + datetime.timedelta(minutes=10),
        )
        return answer["MetricDataResults"][0]["Values"]

    def put(self):
        self.client("cloudwatch", "workload-a").put_metric_data(
            Namespace="App", MetricData=[{"MetricName": "Orders", "Value": 7.0}]
        )
        _, clock = self.lab.control("GET", "/_lab/clock")
        return datetime.datetime.fromisoformat(clock["now"].replace("Z", "+00:00"))

    def test_linked_metrics_are_read_and_unlinked_ones_are_not(self):
        self.assertEqual(self.read(self.put()), [])
        self.refused("AccessDeniedException", self.link, types=["AWS::Logs::LogGroup"])
        self.link(["AWS::CloudWatch::Metric"])

        # The reads before the link left one data point of 7 within the window of the first flow.
        expected = {"before": 14.0, "after": 7.0}
        self.before_and_after_a_day(
            lambda when: self.assertEqual(sum(self.read(self.put())), expected[when])
        )


class VaultLogin(Flow):
    def setUp(self):
        super().setUp()
        vault = self.lab.endpoints["vault"]
        self.root = hvac.Client(url=vault["addr"], token=vault["root_token"])
        self.root.sys.enable_auth_method("aws")
        endpoint = self.lab.endpoints["aws"]["endpoint"]
        keys = self.lab.administrator("workload-a")
        self.root.auth.aws.configure(
            access_key=keys["AccessKeyId"],
            secret_key=keys["SecretAccessKey"],
            iam_endpoint=endpoint,
            sts_endpoint=endpoint,
            sts_region=REGION,
        )
        self.root.sys.create_or_update_policy(
            "app", 'path "secret/data/app" { capabilities = ["read"] }'
        )
        self.root.secrets.kv.v2.create_or_update_secret("app", secret={"password": "example"})
        self.root.secrets.kv.v2.create_or_update_secret("other", secret={"password": "example"})
        account = self.lab.accounts["workload-a"]
        self.arn = self.role("app", "workload-a", {"AWS": account})
        self.role("stranger", "workload-a", {"AWS": account})
        self.root.auth.aws.create_role(
            role="app",
            auth_type="iam",
            bound_iam_principal_arn=[self.arn],
            policies=["app"],
            ttl="15m",
            resolve_aws_unique_ids=True,
        )

    def login(self, role_arn):
        session = self.assume(role_arn, "workload-a")
        client = hvac.Client(url=self.lab.endpoints["vault"]["addr"])
        client.auth.aws.iam_login(
            session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"], role="app"
        )
        return client

    def test_a_role_reads_the_secret_of_its_policy_and_no_other(self):
        def flow(_):
            client = self.login(self.arn)
            secret = client.secrets.kv.v2.read_secret_version("app", raise_on_deleted_version=True)
            self.assertEqual(secret["data"]["data"], {"password": "example"})
            with self.assertRaises(hvac.exceptions.Forbidden):
                client.secrets.kv.v2.read_secret_version("other", raise_on_deleted_version=True)
            self.lab.advance(16 * 60)
            with self.assertRaises(hvac.exceptions.Forbidden):
                client.secrets.kv.v2.read_secret_version("app", raise_on_deleted_version=True)

        self.before_and_after_a_day(flow)

    def test_a_role_that_is_not_bound_is_refused(self):
        with self.assertRaises(hvac.exceptions.InvalidRequest) as caught:
            self.login(self.arn.replace("/app", "/stranger"))
        self.assertIn("does not belong to the role", str(caught.exception))


class GatewayCall(Flow):
    def setUp(self):
        super().setUp()
        apis = self.client("apigatewayv2", "workload-a")
        api = apis.create_api(Name="reports", ProtocolType="HTTP")
        self.api = api["ApiId"]
        self.assertIn(f"{self.api}.execute-api.{REGION}.localhost:", api["ApiEndpoint"])
        integration = apis.create_integration(
            ApiId=self.api,
            IntegrationType="HTTP_PROXY",
            IntegrationMethod="GET",
            IntegrationUri=self.lab.endpoints["oidc"]["jwks_uri"],
            PayloadFormatVersion="1.0",
        )
        authorizer = apis.create_authorizer(
            ApiId=self.api,
            AuthorizerType="JWT",
            Name="corp",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": self.lab.endpoints["oidc"]["issuer"], "Audience": ["reports"]},
        )
        target = f"integrations/{integration['IntegrationId']}"
        apis.create_route(
            ApiId=self.api,
            RouteKey="GET /jwt",
            Target=target,
            AuthorizationType="JWT",
            AuthorizerId=authorizer["AuthorizerId"],
        )
        apis.create_route(
            ApiId=self.api, RouteKey="GET /iam", Target=target, AuthorizationType="AWS_IAM"
        )
        apis.create_stage(ApiId=self.api, StageName="$default", AutoDeploy=True)

    def token(self, audience):
        answer = requests.post(
            self.lab.endpoints["oidc"]["token_endpoint"],
            data={"grant_type": "client_credentials", "audience": audience},
            auth=("looker", "test"),
        )
        self.assertEqual(answer.status_code, 200, answer.text)
        return answer.json()["access_token"]

    def get(self, path, headers):
        url = f"{self.lab.endpoints['aws']['endpoint']}/_aws/execute-api/{self.api}/$default{path}"
        return requests.get(url, headers=headers)

    def signed(self, session):
        keys = botocore.credentials.Credentials(
            session["AccessKeyId"], session["SecretAccessKey"], session.get("SessionToken")
        )
        url = f"{self.lab.endpoints['aws']['endpoint']}/_aws/execute-api/{self.api}/$default/iam"
        request = botocore.awsrequest.AWSRequest(method="GET", url=url)
        botocore.auth.SigV4Auth(keys, "execute-api", REGION).add_auth(request)
        return requests.get(url, headers=dict(request.headers))

    def test_a_token_of_the_right_audience_passes_and_another_does_not(self):
        def flow(_):
            good = self.get("/jwt", {"Authorization": f"Bearer {self.token('reports')}"})
            self.assertEqual(good.status_code, 200, good.text)
            self.assertIn("keys", good.json())
            bad = self.get("/jwt", {"Authorization": f"Bearer {self.token('other')}"})
            self.assertEqual((bad.status_code, bad.json()), (401, {"message": "Unauthorized"}))
            self.assertIn("valid audience", bad.headers["www-authenticate"])

        self.before_and_after_a_day(flow)

    def test_a_signed_call_needs_the_permission(self):
        account = self.lab.accounts["workload-a"]
        resource = f"arn:aws:execute-api:{REGION}:{account}:{self.api}/$default/GET/iam"
        may = self.role("may", "workload-a", {"AWS": account}, allow("execute-api:Invoke", resource))
        may_not = self.role("may-not", "workload-a", {"AWS": account})

        def flow(_):
            self.assertEqual(self.signed(self.assume(may, "workload-a")).status_code, 200)
            refused = self.signed(self.assume(may_not, "workload-a"))
            self.assertEqual((refused.status_code, refused.json()), (403, {"message": "Forbidden"}))

        self.before_and_after_a_day(flow)


class CommandLine(Flow):
    def aws(self, *words, account="workload-a"):
        keys = self.lab.administrator(account)
        environment = dict(
            os.environ,
            AWS_ENDPOINT_URL=self.lab.endpoints["aws"]["endpoint"],
            AWS_DEFAULT_REGION=REGION,
            AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
            AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
            AWS_MAX_ATTEMPTS="1",
            AWS_PAGER="",
        )
        environment.pop("AWS_SESSION_TOKEN", None)
        command = [sys.executable, "-m", "awscli", *words, "--output", "json"]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def test_the_aws_command_line_calls_query_json_and_rest_services(self):
        def flow(when):
            identity = self.aws("sts", "get-caller-identity")
            self.assertEqual(identity.returncode, 0, identity.stderr)
            self.assertEqual(json.loads(identity.stdout)["Account"], self.lab.accounts["workload-a"])
            made = self.aws("logs", "create-log-group", "--log-group-name", when)
            self.assertEqual(made.returncode, 0, made.stderr)
            apis = self.aws("apigatewayv2", "get-apis")
            self.assertEqual(json.loads(apis.stdout), {"Items": []}, apis.stderr)

        self.before_and_after_a_day(flow)

    def test_an_operation_that_is_not_there_is_named(self):
        answer = self.aws("iam", "generate-credential-report")
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("GenerateCredentialReport", answer.stderr)


if __name__ == "__main__":
    unittest.main()
