Feature: Any call: of an operation of AWS, of an API, of Vault
  What merely has to be done needs no step of its own: an operation is called by its name with an input
  as its service's model has it, an API with a message, Vault with a body. Parts of an answer are kept for
  later, and a refusal is held against its status, its code and its reason.

  Rule: An operation of AWS, called by whoever has credentials

    Background:
      Given the account workload-a has the user "ci"
      And the account workload-a calls "iam:CreateRole" with:
        """
        {
          "RoleName": "deployer",
          "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
              {
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::222222222222:user/ci" },
                "Action": "sts:AssumeRole"
              }
            ]
          }
        }
        """
      And the answer's "Role.Arn" is kept as "deployer"

    Scenario: A user who may read the role
      Given the user "ci" has the policy "read-role":
        """
        {
          "Version": "2012-10-17",
          "Statement": [{ "Effect": "Allow", "Action": "iam:GetRole", "Resource": "$(deployer)" }]
        }
        """
      When the user "ci" calls "iam:GetRole" with:
        | RoleName | deployer |
      Then the call is allowed
      And the answer's "Role.Arn" is "$(deployer)"
      And nothing was refused

    Scenario: A user without a policy
      When the user "ci" calls "iam:GetRole" with:
        | RoleName | deployer |
      Then the call is refused with 403 "AccessDenied" because of "identity-implicit-deny"
      And the diagnosis is "no-policy-allows"

    Scenario: A session whose credentials were kept, several times
      When the user "ci" calls "sts:AssumeRole" with:
        | RoleArn         | $(deployer) |
        | RoleSessionName | ci          |
      Then the call is allowed
      And the answer is kept as "session"
      When the credentials "session" calls "sts:GetCallerIdentity" 3 times
      Then 3 calls are allowed
      And the answer's "Arn" is "arn:aws:sts::222222222222:assumed-role/deployer/ci"

    Scenario: A session asks for more than its role may, several times
      Given the user "ci" calls "sts:AssumeRole" with:
        | RoleArn         | $(deployer) |
        | RoleSessionName | ci          |
      And the answer is kept as "session"
      When the credentials "session" calls "iam:GetRole" 2 times with:
        | RoleName | deployer |
      Then 2 calls are refused with 403 "AccessDenied" because of "identity-implicit-deny"
      And 0 calls are allowed

    Scenario: The root user of the account
      When the root user of workload-a calls "iam:GetRole" with:
        | RoleName | deployer |
      Then the call is allowed

    Scenario: A caller without a signature
      When an anonymous caller calls "iam:GetRole" with:
        | RoleName | deployer |
      Then the call is refused with 403 "MissingAuthenticationToken" because of "signature-missing"

    Scenario: What the model does not allow is the server's to refuse
      When the account workload-a calls "iam:GetRole" as it stands, with:
        | Name | deployer |
      Then the call is refused with 400 "ValidationError" because of "validation-error"

  @needs:mints-claims
  Rule: An API, called with any message

    Background:
      Given the upstream http://reports.internal.example answers 200 with:
        """
        {"report":"daily"}
        """
      And the HTTP API "reports" of the account workload-a is imported from "gateway/reports.openapi.json"
      And the API "reports" has the stage "$default" with the access log:
        """
        {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status"}
        """
      And the token "good" of the issuer "corp" with the claims:
        | sub   | looker       |
        | aud   | reports      |
        | scope | reports/read |

    Scenario: The bearer of a token, several times
      When the bearer of "good" calls GET /daily of the API "reports" 2 times with:
        | accept | application/json |
      Then 2 calls are allowed
      And the answer's "report" is "daily"
      And the upstream http://reports.internal.example was called 2 times

    Scenario: A caller without a token
      When an anonymous caller calls GET /daily of the API "reports" with:
        """
        accept: application/json
        """
      Then the call is refused with 401 "Unauthorized" because of "token-missing"
      And the upstream http://reports.internal.example was called 0 times

  Rule: Vault, asked for anything

    Background:
      Given Vault's policy "reader" is:
        """
        path "secret/data/production/*" {
          capabilities = ["read"]
        }
        """
      And Vault is asked POST /v1/secret/data/production/db by the root token with:
        """
        { "data": { "username": "reports" } }
        """
      And Vault is asked POST /v1/auth/token/create by the root token with:
        | policies | ["reader"] |
        | ttl      | 300s       |
      And the answer's "auth.client_token" is kept as "reader"

    Scenario: The bearer of a token that was kept
      When Vault is asked GET /v1/secret/data/production/db by the credentials "reader"
      Then the call is allowed
      And the answer's "data.data.username" is "reports"
      And nothing was refused

    Scenario: A path that the policy does not name, several times
      When Vault is asked GET /v1/secret/data/staging/db by the credentials "reader" 2 times
      Then 2 calls are refused with 403 "permission denied" because of "policy-denied"

    Scenario: A caller without a token
      When Vault is asked GET /v1/secret/data/production/db by an anonymous caller
      Then the call is refused with 403 "permission denied" because of "token-missing"
