@incident:INC-22 @needs:vault-aws-auth
Feature: INC-22: The client signs for regional STS, Vault's mount expects the global one
  Newer SDKs sign for the STS of their Region where older ones signed for the global one; nobody changed
  the mount.

  Background:
    Given Vault's policy "production" is:
      """
      path "secret/data/production/*" {
        capabilities = ["read"]
      }
      """
    And Vault logs in AWS identities of the account workload-a
    And the role "reader" of the account workload-a is trusted by the account workload-a
    And Vault's AWS role "reader" gives the role "reader" the policy "production" for 300 seconds
    And the lab gives a session of the role "reader"

  Scenario: The SDK is newer than the mount's configuration
    Given the session of "reader" calls AWS at the host "sts.eu-west-1.amazonaws.com"
    And the session of "reader" signs for the Region "eu-west-1"
    When the session of "reader" logs in to Vault as "reader"
    Then Vault answers with the status 400
    And aws refused it because of "credential-scope"
    And the diagnosis is "vault-aws-sts-region"
    And the owner can mend it
    And the cause says "the client signed for `eu-west-1`"
    And the fix says "sts_region=eu-west-1"

  @mended
  Scenario: The mount asks the STS of that Region
    Given Vault is asked POST /v1/auth/aws/config/client by the root token with:
      | sts_endpoint | https://sts.eu-west-1.amazonaws.com |
      | sts_region   | eu-west-1                           |
    And the session of "reader" calls AWS at the host "sts.eu-west-1.amazonaws.com"
    And the session of "reader" signs for the Region "eu-west-1"
    When the session of "reader" logs in to Vault as "reader"
    Then the call is allowed
    And there is no diagnosis
