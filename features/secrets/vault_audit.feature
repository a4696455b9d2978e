@needs:vault-enforcement
Feature: A lab that audits permissions at Vault
  Before a policy is made narrower, one looks whom it would stop: the lab lets through what Vault's
  policies refuse, and its journal says what would have been refused, and by which rule. A token that is
  none is refused as ever, and Vault's own audit log shows what went through as what is permitted.

  Background:
    Given Vault's policy "production" is:
      """
      path "secret/data/production/*" {
        capabilities = ["read"]
      }
      """
    And Vault holds the secret "staging/db":
      | username | reports         |
      | password | staging-example |
    And Vault logs in tokens of the issuer "partner"
    And Vault's JWT role "deployer" gives the audience "vault" the policy "production" for 300 seconds, with the claims:
      | scope | secrets |
    And Vault audits to a file
    And permissions are audited
    And the client "vault" gets the token "good" of the issuer "partner" for the audience "vault" and the scope "secrets"

  Scenario: What production's policy refuses goes through, and the refusal is explained
    When the bearer of "good" logs in to Vault as "deployer"
    And the bearer of "good" reads Vault's secret "staging/db"
    Then Vault answers with the secret:
      | username | reports         |
      | password | staging-example |
    And vault would have refused it because of "policy-denied"
    And Vault's audit log shows:
      | update | auth/jwt/login         | allowed |
      | read   | secret/data/staging/db | allowed |

  Scenario: The same read is refused once permissions are enforced
    Given permissions are enforced
    When the bearer of "good" logs in to Vault as "deployer"
    And the bearer of "good" reads Vault's secret "staging/db"
    Then Vault answers with the status 403 and the error:
      """
      permission denied
      """
    And vault refused it because of "policy-denied"
    And the diagnosis is "vault-rule-segment"

  @needs:virtual-time
  Scenario: A token that has ended is refused, whatever the setting
    When the bearer of "good" logs in to Vault as "deployer"
    And 301 seconds pass
    And the bearer of "good" reads Vault's secret "staging/db"
    Then vault refused it because of "token-expired"
