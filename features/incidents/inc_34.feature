@incident:INC-34 @needs:vault-aws-auth
Feature: INC-34: A cached token meets another cluster
  An extension keeps the token of a login and sends it on after the address of Vault has changed: it is
  valid where it was issued, and nobody knows it here. Nothing makes the client log in again.

  Background:
    Given Vault holds the secret "orders/db":
      | username | orders |
    And Vault's policy "orders" is:
      """
      path "secret/data/orders/*" { capabilities = ["read"] }
      """
    And Vault logs in AWS identities of the account workload-a
    And the role "orders" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And Vault's AWS role "orders" gives the role "orders" the policy "orders" for 300 seconds
    And the lab gives a session of the role "orders"

  Scenario: The token of the other cluster is kept
    Given the session of "orders" has the Vault token "hvs.CAESIOfTheOtherCluster"
    When the session of "orders" reads Vault's secret "orders/db"
    Then Vault answers with the status 403
    And vault refused it because of "token-unknown"
    And the diagnosis is "vault-token-unknown"
    And the cause says "nothing is known of the token here; it has the form of a service token"
    And the caller can mend it
    And the fix says "log in again on 403"

  @mended
  Scenario: The client logs in to the Vault that it asks
    Given the session of "orders" has the Vault token "hvs.CAESIOfTheOtherCluster"
    When the session of "orders" logs in to Vault as "orders"
    And the session of "orders" reads Vault's secret "orders/db"
    Then Vault answers with the secret:
      | username | orders |
    And there is no diagnosis
