@incident:INC-35 @needs:vault-aws-auth @virtual-time
Feature: INC-35: An operator's web identity session is not refreshed
  An operator assumes its role once, when it starts, and logs in to Vault with that session for ever. Once
  the session is over STS does not say any more who signed, and every login fails.

  Background:
    Given the account workload-a trusts the issuer "corp" for the audience "looker"
    And the role "operator" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "Federated": "arn:aws:iam::222222222222:oidc-provider/login.corp.example/" },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": { "login.corp.example/:aud": "looker" } }
          }
        ]
      }
      """
    And Vault logs in AWS identities of the account workload-a
    And Vault's policy "operator" is:
      """
      path "secret/data/*" { capabilities = ["read"] }
      """
    And Vault's AWS role "operator" gives the role "operator" the policy "operator" for 300 seconds
    And the client "looker" gets the token "service-account" of the issuer "corp" for the audience "looker"

  Scenario: The session of the start is over
    When the role "operator" is assumed with the token "service-account" for 900 seconds
    And 16 minutes pass
    And the session of "operator" logs in to Vault as "operator"
    Then Vault answers with the status 400
    And the diagnosis is "session-expired"
    And the caller can mend it
    And the fix says "again"

  @mended
  Scenario: A new session before each login
    When the role "operator" is assumed with the token "service-account" for 900 seconds
    And 16 minutes pass
    And the role "operator" is assumed with the token "service-account" for 900 seconds
    And the session of "operator" logs in to Vault as "operator"
    Then Vault answers with the status 200
    And there is no diagnosis
