@incident:SIG-03
Feature: SIG-03: Wrong region in the credential scope
  One setting names the endpoint, and another the Region that is signed.

  Background:
    Given the account workload-a has the user "ci"
    And the user "ci" has the policy "list":
      """
      {
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*" }]
      }
      """

  Scenario: The endpoint of one Region, signed for another
    Given the user "ci" calls AWS at the host "secretsmanager.us-east-1.amazonaws.com"
    And the user "ci" signs for the Region "eu-west-1"
    When the user "ci" calls "secretsmanager:ListSecrets"
    Then the call is refused with 400 "InvalidSignatureException" because of "credential-scope"
    And the diagnosis is "credential-scope-region"
    And the caller can mend it
    And the cause says "names the Region `eu-west-1`, the host `secretsmanager.us-east-1.amazonaws.com` stands for `us-east-1`"
    And the fix says "sign for the Region `us-east-1`"

  Scenario: Signed for another service
    Given the user "ci" calls AWS at the host "secretsmanager.us-east-1.amazonaws.com"
    And the user "ci" signs for the service "es"
    When the user "ci" calls "secretsmanager:ListSecrets"
    Then the call is refused with 400 "InvalidSignatureException" because of "credential-scope"
    And the diagnosis is "credential-scope-service"
    And the fix says "sign for the service `secretsmanager`"

  @mended
  Scenario: Endpoint and signature name one Region
    Given the user "ci" calls AWS at the host "secretsmanager.eu-west-1.amazonaws.com"
    And the user "ci" signs for the Region "eu-west-1"
    When the user "ci" calls "secretsmanager:ListSecrets"
    Then the call is allowed
    And there is no diagnosis
