@incident:VLT-01 @needs:vault-aws-auth
Feature: VLT-01: AWS auth server-id header missing
  The mount wants a header that names this Vault among the signed ones. A client that does not sign it, or
  signs another, is refused, whatever its role may.

  Background:
    Given Vault logs in AWS identities of the account workload-a
    And the role "orders" of the account workload-a is trusted by the account workload-a
    And Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And Vault's AWS role "orders" gives the role "orders" the policy "orders" for 300 seconds
    And the lab gives a session of the role "orders"

  Scenario: The header is not there
    When the session of "orders" logs in to Vault as "orders" without a server id
    Then Vault answers with the status 400 and the error:
      """
      error validating X-Vault-AWS-IAM-Server-ID header: missing header "X-Vault-AWS-IAM-Server-ID"
      """
    And the diagnosis is "vault-aws-server-id-absent"
    And the cause says "the login has none"
    And the caller can mend it
    And the fix says "set `header_value=vault.corp.example` in the login"

  Scenario: The header names another server
    When the session of "orders" logs in to Vault as "orders" for the server "vault.test.corp.example"
    Then Vault answers with the status 400 and the error:
      """
      error validating X-Vault-AWS-IAM-Server-ID header: expected "vault.corp.example" but got "vault.test.corp.example"
      """
    And the diagnosis is "vault-aws-server-id-other"
    And the cause says "signed for `vault.test.corp.example`, the mount wants `vault.corp.example`"
    And the caller can mend it
    And the fix says "set `header_value=vault.corp.example`"

  @mended
  Scenario: The header is signed with the mount's value
    When the session of "orders" logs in to Vault as "orders" for the server "vault.corp.example"
    Then Vault answers with the status 200
    And there is no diagnosis
