"""Applies a CloudFormation template with boto3: for each resource the calls that its type stands for."""

import io
import json
import re
import zipfile

# The function's own code does not run here: any archive will do.
ARCHIVE = io.BytesIO()
with zipfile.ZipFile(ARCHIVE, "w") as archive:
    archive.writestr("handler.py", "")


def lower(value):
    """Members as `apigateway` spells them: the first letter is small. Names that people chose stay."""
    if not isinstance(value, dict):
        return value
    return {name[:1].lower() + name[1:]: each for name, each in value.items()}


class Stack:
    """The resources of a template, made in the order in which they need one another."""

    def __init__(self, template, client, account, region):
        self.resources = template["Resources"]
        self.client = client
        self.made = {}
        self.pseudo = {
            "AWS::AccountId": account, "AWS::Partition": "aws", "AWS::Region": region,
            "AWS::StackName": "stack", "AWS::URLSuffix": "amazonaws.com",
        }

    def deploy(self):
        for name in self.resources:
            self.make(name)
        return self

    def of_type(self, kind):
        """The first resource of a type, as it was made."""
        return next(self.made[name] for name, each in self.resources.items() if each["Type"] == kind)

    def make(self, name):
        if name in self.made:
            return self.made[name]
        resource = self.resources[name]
        needed = resource.get("DependsOn") or []
        for other in [needed] if isinstance(needed, str) else needed:
            self.make(other)
        maker = getattr(self, resource["Type"].replace("AWS::", "").replace("::", "_"))
        properties = self.resolved(resource.get("Properties", {}))
        self.made[name] = {"Ref": None, **maker(name, properties)}
        return self.made[name]

    def resolved(self, value):
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), = value.items()
            function = getattr(self, name.replace("Fn::", "fn_").replace("Ref", "fn_Ref"), None)
            if name == "Ref" or (name.startswith("Fn::") and function):
                return function(argument)
        return {name: self.resolved(each) for name, each in value.items()}

    def fn_Ref(self, name):
        return self.pseudo[name] if name in self.pseudo else self.make(name)["Ref"]

    def fn_GetAtt(self, argument):
        name, attribute = argument.split(".") if isinstance(argument, str) else argument
        return self.make(name)[attribute]

    def fn_Join(self, argument):
        separator, parts = argument
        return separator.join(self.resolved(part) for part in parts)

    def fn_Split(self, argument):
        separator, text = argument
        return self.resolved(text).split(separator)

    def fn_Select(self, argument):
        index, items = argument
        return self.resolved(items)[int(index)]

    def fn_Sub(self, argument):
        text, own = (argument, {}) if isinstance(argument, str) else argument
        own = {name: self.resolved(value) for name, value in own.items()}

        def value(found):
            name = found.group(1)
            if name in own:
                return own[name]
            return self.fn_GetAtt(name) if "." in name else self.fn_Ref(name)

        return re.sub(r"\$\{([^}]+)\}", value, text)

    # Beside the gateway.

    def IAM_Role(self, name, given):
        iam = self.client("iam")
        policy = json.dumps(given["AssumeRolePolicyDocument"])
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]
        for arn in given.get("ManagedPolicyArns", []):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        return {"Ref": name, "Arn": role["Arn"]}

    def Lambda_Function(self, name, given):
        function = self.client("lambda").create_function(
            FunctionName=name, Runtime=given["Runtime"], Handler=given["Handler"], Role=given["Role"],
            Code={"ZipFile": ARCHIVE.getvalue()},
        )
        return {"Ref": name, "Arn": function["FunctionArn"]}

    def Lambda_Permission(self, name, given):
        self.client("lambda").add_permission(StatementId=name, **given)
        return {}

    def Logs_LogGroup(self, name, given):
        logs = self.client("logs")
        logs.create_log_group(logGroupName=name)
        logs.put_retention_policy(logGroupName=name, retentionInDays=given["RetentionInDays"])
        found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
        return {"Ref": name, "Arn": found["arn"]}

    # REST APIs.

    def ApiGateway_RestApi(self, _, given):
        gateway = self.client("apigateway")
        if "Body" in given:
            parameters = {"endpointConfigurationTypes": "EDGE"}
            api = gateway.import_rest_api(body=json.dumps(given["Body"]), parameters=parameters)
        else:
            api = gateway.create_rest_api(**lower(given))
        resources = gateway.get_resources(restApiId=api["id"])["items"]
        root = next(each["id"] for each in resources if each["path"] == "/")
        return {"Ref": api["id"], "RootResourceId": root}

    def ApiGateway_Account(self, _, given):
        role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": given["CloudWatchRoleArn"]}
        self.client("apigateway").update_account(patchOperations=[role])
        return {}

    def ApiGateway_Resource(self, _, given):
        return {"Ref": self.client("apigateway").create_resource(**lower(given))["id"]}

    def ApiGateway_Authorizer(self, _, given):
        return {"Ref": self.client("apigateway").create_authorizer(**lower(given))["id"]}

    def ApiGateway_Method(self, _, given):
        gateway, method = self.client("apigateway"), lower(given)
        integration, responses = method.pop("integration"), method.pop("methodResponses", [])
        at = {name: method[name] for name in ("restApiId", "resourceId", "httpMethod")}
        gateway.put_method(**method)
        for response in responses:
            gateway.put_method_response(**at, **lower(response))
        integration = lower(integration)
        answers = integration.pop("integrationResponses", [])
        gateway.put_integration(**at, **integration)
        for answer in answers:
            gateway.put_integration_response(**at, **lower(answer))
        return {}

    def ApiGateway_GatewayResponse(self, _, given):
        self.client("apigateway").put_gateway_response(**lower(given))
        return {}

    def ApiGateway_Deployment(self, _, given):
        return {"Ref": self.client("apigateway").create_deployment(**lower(given))["id"]}

    def ApiGateway_Stage(self, _, given):
        gateway, stage = self.client("apigateway"), lower(given)
        log, settings = stage.pop("accessLogSetting", None), stage.pop("methodSettings", [])
        gateway.create_stage(**stage)
        patch = []
        if log:
            for member, value in lower(log).items():
                patch.append({"op": "replace", "path": f"/accessLogSettings/{member}", "value": value})
        words = {
            "LoggingLevel": "logging/loglevel", "DataTraceEnabled": "logging/dataTrace",
            "MetricsEnabled": "metrics/enabled", "ThrottlingBurstLimit": "throttling/burstLimit",
            "ThrottlingRateLimit": "throttling/rateLimit",
        }
        for setting in settings:
            path = setting["ResourcePath"]
            path = "*" if path == "/*" else path.replace("/", "~1")
            for member, word in words.items():
                if member in setting:
                    value = setting[member]
                    text = str(value).lower() if isinstance(value, bool) else str(value)
                    target = f"/{path}/{setting['HttpMethod']}/{word}"
                    patch.append({"op": "replace", "path": target, "value": text})
        if patch:
            at = {name: stage[name] for name in ("restApiId", "stageName")}
            gateway.update_stage(**at, patchOperations=patch)
        return {"Ref": stage["stageName"]}

    def ApiGateway_ApiKey(self, name, given):
        key = lower(given)
        key["stageKeys"] = [lower(each) for each in key.get("stageKeys", [])]
        return {"Ref": self.client("apigateway").create_api_key(name=name, **key)["id"]}

    def ApiGateway_UsagePlan(self, name, given):
        plan = lower(given)
        plan["apiStages"] = [lower(each) for each in plan.get("apiStages", [])]
        for member in ("quota", "throttle"):
            plan[member] = lower(plan[member])
        return {"Ref": self.client("apigateway").create_usage_plan(name=name, **plan)["id"]}

    def ApiGateway_UsagePlanKey(self, _, given):
        key = self.client("apigateway").create_usage_plan_key(**lower(given))
        return {"Ref": f"{key['id']}:{given['UsagePlanId']}"}

    # HTTP APIs.

    def ApiGatewayV2_Api(self, _, given):
        gateway = self.client("apigatewayv2")
        if "Body" in given:
            return {"Ref": gateway.import_api(Body=json.dumps(given["Body"]))["ApiId"]}
        return {"Ref": gateway.create_api(**given)["ApiId"]}

    def ApiGatewayV2_Stage(self, _, given):
        return {"Ref": self.client("apigatewayv2").create_stage(**given)["StageName"]}

    def ApiGatewayV2_Integration(self, _, given):
        return {"Ref": self.client("apigatewayv2").create_integration(**given)["IntegrationId"]}

    def ApiGatewayV2_Authorizer(self, _, given):
        return {"Ref": self.client("apigatewayv2").create_authorizer(**given)["AuthorizerId"]}

    def ApiGatewayV2_Route(self, _, given):
        return {"Ref": self.client("apigatewayv2").create_route(**given)["RouteId"]}
