"""One REST and one HTTP API with every kind of authorizer, made by boto3 and by the AWS CLI."""

import io
import json
import os
import subprocess
import sys
import unittest
import zipfile


from test_deploy import ACCOUNT, REGION, Deploy

ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w") as archive:
    archive.writestr("handler.py", "")


class Authorizers(Deploy):
    def setUp(self):
        super().setUp()
        self.gateway = self.client("apigateway", ACCOUNT)
        self.function = self.make_function()

    def make_function(self):
        role = self.role("gate", ACCOUNT, {"Service": "lambda.amazonaws.com"})
        arn = self.client("lambda", ACCOUNT).create_function(
            FunctionName="gate", Runtime="python3.13", Handler="gate", Role=role,
            Code={"ZipFile": ARCHIVE.getvalue()},
        )["FunctionArn"]
        return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"

    def make_pool(self):
        """A user pool with a user; the id token of that user."""
        pools = self.client("cognito-idp", ACCOUNT)
        pool = pools.create_user_pool(PoolName="people")["UserPool"]
        client = pools.create_user_pool_client(
            UserPoolId=pool["Id"], ClientName="app", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        )["UserPoolClient"]["ClientId"]
        at = {"UserPoolId": pool["Id"], "Username": "ann"}
        pools.admin_create_user(**at, MessageAction="SUPPRESS")
        pools.admin_set_user_password(**at, Password="Correct-horse-1", Permanent=True)
        answer = pools.admin_initiate_auth(
            UserPoolId=pool["Id"], ClientId=client, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ann", "PASSWORD": "Correct-horse-1"},
        )
        return pool["Arn"], answer["AuthenticationResult"]["IdToken"]

    def rest_api(self, kinds):
        """An API with a method `GET /kind` for each, which answers by itself."""
        api = self.gateway.create_rest_api(name="kinds")
        for kind, (authorization, authorizer) in kinds.items():
            at = {"restApiId": api["id"]}
            resource = self.gateway.create_resource(**at, parentId=api["rootResourceId"], pathPart=kind)
            at.update(resourceId=resource["id"], httpMethod="GET")
            more = {}
            if authorizer:
                made = self.gateway.create_authorizer(restApiId=api["id"], name=kind, **authorizer)
                more["authorizerId"] = made["id"]
            self.gateway.put_method(**at, authorizationType=authorization, **more)
            self.gateway.put_method_response(**at, statusCode="200")
            template = {"application/json": '{"statusCode": 200}'}
            self.gateway.put_integration(**at, type="MOCK", requestTemplates=template)
            self.gateway.put_integration_response(**at, statusCode="200")
        self.gateway.create_deployment(restApiId=api["id"], stageName="prod")
        return api["id"]

    def test_a_rest_api_asks_as_each_kind_asks(self):
        pool, id_token = self.make_pool()
        header = "method.request.header.Authorization"
        lambda_of = lambda kind: {"type": kind, "authorizerUri": self.function, "identitySource": header}
        issuers = [{"issuer": self.issuer, "audiences": ["reports"]}]
        configuration = {"issuers": issuers, "defaultAlgorithms": ["RS256"]}
        api = self.rest_api({
            "open": ("NONE", None),
            "iam": ("AWS_IAM", None),
            "token": ("CUSTOM", lambda_of("TOKEN")),
            "request": ("CUSTOM", lambda_of("REQUEST")),
            "cognito": ("COGNITO_USER_POOLS", {
                "type": "COGNITO_USER_POOLS", "providerARNs": [pool], "identitySource": header,
            }),
            "jwt": ("JWT", {
                "type": "JWT", "jwtConfiguration": configuration, "identitySource": header,
            }),
        })
        self.answered(self.call(api, "prod", "/open"), 200)
        self.answered(self.call(api, "prod", "/iam", signed=True), 200)
        self.answered(self.call(api, "prod", "/iam"), 403, "MissingAuthenticationTokenException")
        for kind in ("token", "request", "cognito", "jwt"):
            with self.subTest(kind):
                self.answered(self.call(api, "prod", f"/{kind}"), 401, "UnauthorizedException")
        cognito = {"Authorization": id_token}
        self.answered(self.call(api, "prod", "/cognito", headers=cognito), 200)
        self.answered(self.call(api, "prod", "/jwt", headers=cognito), 401)
        bearer = self.token("reports", "read")
        self.answered(self.call(api, "prod", "/jwt", headers=bearer), 200)
        self.answered(self.call(api, "prod", "/cognito", headers=bearer), 401)

    def test_an_http_api_asks_as_each_kind_asks(self):
        gateway = self.client("apigatewayv2", ACCOUNT)
        api = gateway.create_api(Name="kinds", ProtocolType="HTTP")["ApiId"]
        target = gateway.create_integration(
            ApiId=api, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", PayloadFormatVersion="1.0",
            IntegrationUri=self.lab.endpoints["oidc"]["jwks_uri"],
        )["IntegrationId"]
        at = {"ApiId": api, "IdentitySource": ["$request.header.Authorization"]}
        jwt = gateway.create_authorizer(
            **at, AuthorizerType="JWT", Name="jwt",
            JwtConfiguration={"Issuer": self.issuer, "Audience": ["reports"]},
        )
        for kind, authorization, authorizer in [
            ("open", "NONE", None), ("iam", "AWS_IAM", None), ("jwt", "JWT", jwt),
        ]:
            more = {"AuthorizerId": authorizer["AuthorizerId"]} if authorizer else {}
            gateway.create_route(
                ApiId=api, RouteKey=f"GET /{kind}", Target=f"integrations/{target}",
                AuthorizationType=authorization, **more,
            )
        gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
        self.answered(self.call(api, "$default", "/open"), 200)
        self.answered(self.call(api, "$default", "/iam", signed=True), 200)
        self.answered(self.call(api, "$default", "/iam"), 403)
        self.answered(self.call(api, "$default", "/jwt", headers=self.token("reports", "read")), 200)
        self.answered(self.call(api, "$default", "/jwt"), 401)

    def aws(self, *words):
        keys = self.lab.administrator(ACCOUNT)
        environment = dict(
            os.environ, AWS_ENDPOINT_URL=self.lab.endpoints["aws"]["endpoint"], AWS_PAGER="",
            AWS_DEFAULT_REGION=REGION, AWS_ACCESS_KEY_ID=keys["AccessKeyId"], AWS_MAX_ATTEMPTS="1",
            AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
        )
        command = [sys.executable, "-m", "awscli", *words, "--output", "json"]
        made = subprocess.run(command, env=environment, capture_output=True, text=True)
        self.assertEqual(made.returncode, 0, made.stderr)
        return json.loads(made.stdout) if made.stdout.strip() else None

    def test_the_command_line_imports_a_rest_api_with_an_authorizer(self):
        scheme = {
            "type": "apiKey", "name": "Authorization", "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": self.function},
        }
        answers = {"default": {"statusCode": "200"}}
        mock = {
            "type": "mock", "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": answers,
        }
        method = lambda **more: {
            "responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": mock, **more,
        }
        document = {
            "openapi": "3.0.1", "info": {"title": "imported", "version": "1"},
            "components": {"securitySchemes": {"gate": scheme}},
            "paths": {"/open": {"get": method()}, "/token": {"get": method(security=[{"gate": []}])}},
        }
        api = self.aws("apigateway", "import-rest-api", "--body", json.dumps(document))["id"]
        self.aws("apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "prod")
        self.answered(self.call(api, "prod", "/open"), 200)
        self.answered(self.call(api, "prod", "/token"), 401, "UnauthorizedException")


if __name__ == "__main__":
    unittest.main()
