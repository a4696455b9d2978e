@incident:INC-42 @needs:vault-aws-auth
Feature: INC-42: An alias named `+` in a policy's template
  A policy gives everybody the secrets below their own name. Somebody is called by a wildcard.

  Background:
    Given Vault holds the secret "ann/db":
      | username | ann |
    And Vault's policy "own" is:
      """
      path "secret/data/{{identity.entity.name}}/*" { capabilities = ["read"] }
      """
    And Vault is asked POST /v1/sys/auth/userpass by the root token with:
      | type | userpass |
    And Vault is asked GET /v1/sys/auth by the root token
    And the answer's "data.userpass/.accessor" is kept as "accessor"
    And Vault is asked POST /v1/auth/userpass/users/eve by the root token with:
      | password       | example-password |
      | token_policies | ["own"]          |

  Scenario: The name of one opens what is everybody's
    Given Vault is asked POST /v1/identity/entity by the root token with:
      | name | + |
    And the answer's "data.id" is kept as "entity"
    And Vault is asked POST /v1/identity/entity-alias by the root token with:
      | name           | eve         |
      | canonical_id   | $(entity)   |
      | mount_accessor | $(accessor) |
    And Vault is asked POST /v1/auth/userpass/login/eve by an anonymous caller with:
      | password | example-password |
    And the answer's "auth.client_token" is kept as "eve"
    When Vault is asked GET /v1/secret/data/ann/db by the credentials "eve"
    Then the call is allowed
    And the answer's "data.data.username" is "ann"
    And the diagnosis is "vault-template-wildcard"
    And the cause says "the rule `secret/data/{{identity.entity.name}}/*` of `own` became `secret/data/+/*`"
    And the owner can mend it
    And the fix says "such as `identity.entity.id`"

  @mended
  Scenario: A name is a name
    Given Vault is asked POST /v1/identity/entity by the root token with:
      | name | ann |
    And the answer's "data.id" is kept as "entity"
    And Vault is asked POST /v1/identity/entity-alias by the root token with:
      | name           | eve         |
      | canonical_id   | $(entity)   |
      | mount_accessor | $(accessor) |
    And Vault is asked POST /v1/auth/userpass/login/eve by an anonymous caller with:
      | password | example-password |
    And the answer's "auth.client_token" is kept as "eve"
    When Vault is asked GET /v1/secret/data/ann/db by the credentials "eve"
    Then the call is allowed
    And there is no diagnosis
