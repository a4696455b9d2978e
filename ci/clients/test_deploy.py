"""What SAM, CDK and Terraform deploy, applied by boto3; then what the APIs answer."""

import json
import pathlib
import re
import unittest

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import requests

from cloudformation import Stack
from test_flows import REGION, Flow

DEPLOY = pathlib.Path(__file__).parent / "deploy"
ACCOUNT = "workload-a"
ISSUER = "https://login.corp.example/"


class Deploy(Flow):
    def setUp(self):
        super().setUp()
        self.account = self.lab.accounts[ACCOUNT]
        self.issuer = self.lab.endpoints["oidc"]["issuer"]

    def stack(self, name):
        text = (DEPLOY / f"{name}.json").read_text().replace(ISSUER, self.issuer)
        client = lambda service: self.client(service, ACCOUNT)
        return Stack(json.loads(text), client, self.account, REGION).deploy()

    def apply(self, name, known):
        """Makes the calls of a list; what they keep is known to those that follow."""

        def filled(value):
            if isinstance(value, dict):
                return {member: filled(each) for member, each in value.items()}
            if isinstance(value, list):
                return [filled(each) for each in value]
            if isinstance(value, str):
                return re.sub(r"\{([a-z]+)\}", lambda it: known.get(it[1], it[0]), value)
            return value

        for call in json.loads((DEPLOY / f"{name}.json").read_text()):
            client = self.client(call["service"], ACCOUNT)
            answer = client._make_api_call(call["call"], filled(call["parameters"]))
            for name, path in call.get("keep", {}).items():
                value = answer
                for part in path.split("."):
                    value = value[int(part)] if part.isdigit() else value[part]
                known[name] = value
        return known

    def call(self, api, stage, path, method="GET", signed=False, headers=()):
        url = f"{self.lab.endpoints['aws']['endpoint']}/_aws/execute-api/{api}/{stage}{path}"
        request = botocore.awsrequest.AWSRequest(method=method, url=url, headers=dict(headers))
        if signed:
            keys = self.lab.administrator(ACCOUNT)
            keys = botocore.credentials.Credentials(keys["AccessKeyId"], keys["SecretAccessKey"])
            botocore.auth.SigV4Auth(keys, "execute-api", REGION).add_auth(request)
        return requests.request(method, url, headers=dict(request.headers))

    def token(self, audience, scope):
        answer = requests.post(
            self.lab.endpoints["oidc"]["token_endpoint"],
            data={"grant_type": "client_credentials", "audience": audience, "scope": scope},
            auth=("looker", "test"),
        )
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def answered(self, response, status, kind=None):
        self.assertEqual(response.status_code, status, response.text)
        if kind:
            self.assertEqual(response.headers["x-amzn-ErrorType"], kind)


class Terraform(Deploy):
    def test_a_rest_api_is_applied_changed_and_destroyed(self):
        known = self.apply("terraform_rest", {"account": self.account})
        api = known["api"]
        answer = self.call(api, "prod", "/orders", signed=True)
        self.answered(answer, 200)
        self.assertEqual((answer.json(), answer.headers["x-from"]), ({"orders": []}, "terraform"))
        unsigned = self.call(api, "prod", "/orders")
        self.answered(unsigned, 403, "MissingAuthenticationTokenException")
        log = self.client("logs", ACCOUNT).filter_log_events(logGroupName="orders")
        lines = [event["message"].split()[-1] for event in log["events"]]
        self.assertEqual(lines, ["200", "403"])
        self.apply("terraform_rest_destroy", known)
        self.assertEqual(self.client("apigateway", ACCOUNT).get_rest_apis()["items"], [])

    def test_an_http_api_is_applied_and_destroyed(self):
        known = self.apply("terraform_http", {"account": self.account, "issuer": self.issuer})
        self.answered(self.call(known["api"], "$default", "/orders"), 401)
        other = self.token("others", "read")
        self.answered(self.call(known["api"], "$default", "/orders", headers=other), 401)
        self.apply("terraform_http_destroy", known)
        self.assertEqual(self.client("apigatewayv2", ACCOUNT).get_apis()["Items"], [])


class CloudFormation(Deploy):
    def test_what_cdk_makes_of_a_rest_api(self):
        stack = self.stack("cdk_rest")
        api = stack.of_type("AWS::ApiGateway::RestApi")["Ref"]
        preflight = self.call(api, "prod", "/orders", method="OPTIONS")
        self.answered(preflight, 204)
        allowed = preflight.headers["Access-Control-Allow-Origin"]
        self.assertEqual(allowed, "https://app.example")
        self.answered(self.call(api, "prod", "/orders"), 401, "UnauthorizedException")
        self.answered(
            self.call(api, "prod", "/orders", method="POST"), 403, "MissingAuthenticationTokenException"
        )
        keyless = self.call(api, "prod", "/orders", method="PUT")
        self.answered(keyless, 403, "ForbiddenException")
        key = stack.of_type("AWS::ApiGateway::ApiKey")["Ref"]
        key = self.client("apigateway", ACCOUNT).get_api_key(apiKey=key, includeValue=True)["value"]
        headers = {"x-api-key": key}
        self.assertNotEqual(
            self.call(api, "prod", "/orders", method="PUT", headers=headers).status_code, 403
        )

    def test_what_cdk_makes_of_an_http_api(self):
        api = self.stack("cdk_http").of_type("AWS::ApiGatewayV2::Api")["Ref"]
        self.answered(self.call(api, "$default", "/orders/1"), 401)
        self.answered(self.call(api, "$default", "/signed", method="POST"), 403)

    def test_what_sam_makes_of_both(self):
        # An account has the role before anybody's stack asks for logs.
        role = self.role("gateway-logs", ACCOUNT, {"Service": "apigateway.amazonaws.com"})
        logs = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        self.client("iam", ACCOUNT).attach_role_policy(RoleName="gateway-logs", PolicyArn=logs)
        patch = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
        self.client("apigateway", ACCOUNT).update_account(patchOperations=[patch])
        stack = self.stack("sam")
        api = stack.of_type("AWS::ApiGateway::RestApi")["Ref"]
        self.answered(self.call(api, "prod", "/orders/1"), 401, "UnauthorizedException")
        # SAM puts the default authorizer before the preflight too.
        preflight = self.call(api, "prod", "/orders/1", method="OPTIONS")
        self.answered(preflight, 401, "UnauthorizedException")
        unsigned = self.call(api, "prod", "/signed", method="POST")
        self.answered(unsigned, 403, "MissingAuthenticationTokenException")
        http = stack.of_type("AWS::ApiGatewayV2::Api")["Ref"]
        self.answered(self.call(http, "prod", "/orders/1"), 401)


if __name__ == "__main__":
    unittest.main()
