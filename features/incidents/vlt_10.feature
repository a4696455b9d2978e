@incident:VLT-10 @needs:vault-aws-auth @needs:issuer-at-root
Feature: VLT-10: Discovery URL slash
  The discovery document names its issuer, and the name must be that of the configuration letter by letter.

  Background:
    Given Vault is asked POST /v1/sys/auth/jwt by the root token with:
      | type | jwt |

  Scenario: The slash at the end is missing
    When Vault is asked POST /v1/auth/jwt/config by the root token with:
      | oidc_discovery_url | https://login.corp.example |
    Then Vault answers with the status 400 and the error:
      """
      error checking oidc discovery URL
      """
    And the diagnosis is "vault-discovery-issuer"
    And the cause says "`oidc_discovery_url` is `https://login.corp.example`, the `issuer` of the document there is `https://login.corp.example/`"
    And the owner can mend it
    And the fix says "set `oidc_discovery_url` to the issuer as it names itself: `https://login.corp.example/`"

  @mended
  Scenario: The issuer as it names itself
    When Vault is asked POST /v1/auth/jwt/config by the root token with:
      | oidc_discovery_url | https://login.corp.example/ |
    Then Vault answers with the status 204
    And there is no diagnosis
