Feature: A workload logs in to Vault with a token of its issuer
  A client gets a token from a partner's issuer, logs in to Vault with it under a role that is bound
  to an audience and a claim, gets a short-lived token with the policy of its stage, and reads that
  stage's secret.

  Background:
    Given Vault's policy "production" is:
      """
      path "secret/data/production/*" {
        capabilities = ["read"]
      }
      """
    And Vault holds the secret "production/db":
      | username | reports            |
      | password | production-example |
    And Vault holds the secret "staging/db":
      | username | reports         |
      | password | staging-example |
    And Vault logs in tokens of the issuer "partner"
    And Vault's JWT role "deployer" gives the audience "vault" the policy "production" for 300 seconds, with the claims:
      | scope | secrets |
    And Vault audits to a file

  Scenario: The token's bearer reads the secret of the stage
    Given the client "vault" gets the token "good" of the issuer "partner" for the audience "vault" and the scope "secrets"
    When the bearer of "good" logs in to Vault as "deployer"
    And the bearer of "good" reads Vault's secret "production/db"
    Then Vault answers with the secret:
      | username | reports            |
      | password | production-example |
    And nothing was refused
    And Vault's audit log shows:
      | update | auth/jwt/login            | allowed |
      | read   | secret/data/production/db | allowed |

  Scenario: Production's policy refuses the path of staging
    Given the client "vault" gets the token "good" of the issuer "partner" for the audience "vault" and the scope "secrets"
    When the bearer of "good" logs in to Vault as "deployer"
    And the bearer of "good" reads Vault's secret "staging/db"
    Then Vault answers with the status 403 and the error:
      """
      permission denied
      """
    And vault refused it because of "policy-denied"
    And the diagnosis is "vault-rule-segment"
    And Vault's audit log shows:
      | update | auth/jwt/login         | allowed |
      | read   | secret/data/staging/db | refused |

  Scenario: A token for another audience
    Given the client "reports" gets the token "misdirected" of the issuer "partner" for the audience "reports" and the scope "secrets"
    When the bearer of "misdirected" logs in to Vault as "deployer"
    Then Vault answers with the status 400 and the error:
      """
      error validating token: invalid audience (aud) claim: audience claim does not match any expected audience
      """
    And vault refused it because of "jwt-audience"
    And the diagnosis is "vault-jwt-audience"
    And Vault's audit log shows:
      | update | auth/jwt/login | refused |

  Scenario: A token with another claim than the role is bound to
    Given the client "vault" gets the token "narrow" of the issuer "partner" for the audience "vault" and the scope "other"
    When the bearer of "narrow" logs in to Vault as "deployer"
    Then Vault answers with the status 400 and the error:
      """
      error validating claims: claim "scope" does not match any associated bound claim values
      """
    And vault refused it because of "jwt-claim"
    And the diagnosis is "vault-jwt-claim"

  @needs:mints-claims
  Scenario: A token without the claim that the role is bound to
    Given the token "bare" of the issuer "partner" with the claims:
      | sub | client |
      | aud | vault  |
    When the bearer of "bare" logs in to Vault as "deployer"
    Then Vault answers with the status 400 and the error:
      """
      error validating claims: claim "scope" is missing
      """
    And vault refused it because of "jwt-claim-missing"
    And the diagnosis is "vault-jwt-claim-absent"

  Scenario: A Vault token that its bearer revoked
    Given the client "vault" gets the token "good" of the issuer "partner" for the audience "vault" and the scope "secrets"
    When the bearer of "good" logs in to Vault as "deployer"
    And the bearer of "good" reads Vault's secret "production/db"
    Then Vault answers with the secret:
      | username | reports            |
      | password | production-example |
    When the bearer of "good" revokes its Vault token
    Then Vault answers with the status 204
    When the bearer of "good" reads Vault's secret "production/db"
    Then Vault answers with the status 403
    And vault refused it because of "token-revoked"
    And the diagnosis is "vault-token-revoked"

  @virtual-time
  Scenario: The Vault token dies after its time to live
    Given the client "vault" gets the token "good" of the issuer "partner" for the audience "vault" and the scope "secrets"
    When the bearer of "good" logs in to Vault as "deployer"
    And the bearer of "good" reads Vault's secret "production/db"
    Then Vault answers with the secret:
      | username | reports            |
      | password | production-example |
    When 301 seconds pass
    And the bearer of "good" reads Vault's secret "production/db"
    Then Vault answers with the status 403
    And vault refused it because of "token-expired"
    And the diagnosis is "vault-token-expired"

  @needs:mints-claims
  Scenario: A token signed by a foreign key
    Given the token "forged" of the issuer "partner" forged by "foreign-key" with the claims:
      | sub   | vault   |
      | aud   | vault   |
      | scope | secrets |
    When the bearer of "forged" logs in to Vault as "deployer"
    Then Vault answers with the status 400 and the error:
      """
      error validating token: error verifying token signature: failed to verify id token signature
      """
    And vault refused it because of "jwt-signature"
    And the diagnosis is "vault-jwt-forged"
    And the explanation leads from oidc to vault

  @needs:mints-claims
  Scenario: A token that ended an hour before the lab began
    Given the token "old" of the issuer "partner" with the claims:
      | sub   | vault      |
      | aud   | vault      |
      | scope | secrets    |
      | iat   | 1768471200 |
      | nbf   | 1768471200 |
      | exp   | 1768474800 |
    When the bearer of "old" logs in to Vault as "deployer"
    Then Vault answers with the status 400 and the error:
      """
      error validating token: invalid expiration time (exp) claim: token is expired
      """
    And vault refused it because of "jwt-expired"
    And the diagnosis is "vault-jwt-expired"
