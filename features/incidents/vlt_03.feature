@incident:VLT-03 @needs:vault-aws-auth
Feature: VLT-03: STS region mismatch between client and mount
  Vault sends on what the client has signed, to the endpoint that the mount names. That of one Region takes
  no signature for another.

  Background:
    Given Vault logs in AWS identities of the account workload-a
    And the role "orders" of the account workload-a is trusted by the account workload-a
    And Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And Vault's AWS role "orders" gives the role "orders" the policy "orders" for 300 seconds
    And the lab gives a session of the role "orders"

  Scenario: The mount calls the regional endpoint, the client signs for the global one
    Given Vault is asked POST /v1/auth/aws/config/client by the root token with:
      | sts_endpoint | https://sts.eu-west-1.amazonaws.com |
      | sts_region   | eu-west-1                           |
    When the session of "orders" logs in to Vault as "orders"
    Then Vault answers with the status 400
    And the diagnosis is "vault-aws-sts-region"
    And the cause says "the client signed for `us-east-1` and the host `sts.amazonaws.com`, the mount sends the request to `https://sts.eu-west-1.amazonaws.com`"
    And the owner can mend it
    And the fix says "sign for `eu-west-1`, or set"

  @mended
  Scenario: The mount calls the endpoint that the client signs for
    Given Vault is asked POST /v1/auth/aws/config/client by the root token with:
      | sts_endpoint | https://sts.amazonaws.com |
      | sts_region   | us-east-1                 |
    When the session of "orders" logs in to Vault as "orders"
    Then Vault answers with the status 200
    And there is no diagnosis
