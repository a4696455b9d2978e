@needs:vault-aws-auth
Feature: A Lambda function logs in to Vault by its AWS identity
  The gateway invokes a function; the function logs in to Vault with the credentials of its role,
  gets a short-lived token bound to the policy of its stage, and reads that stage's secret.

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
    And Vault logs in AWS identities of the account workload-a
    And the role "reader" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And Vault's AWS role "reader" gives the role "reader" the policy "production" for 300 seconds
    And Vault audits to a file
    And the HTTP API "secrets" of the account workload-a

  Scenario: The secret of the stage is in the answer
    Given the function "reader" with the role "reader" reads Vault's secret "production/db" as "reader"
    And GET /secret of the API "secrets" invokes the function "reader"
    And the API "secrets" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status"}
      """
    When GET /secret of the API "secrets" is called
    Then the answer has the status 200 and the body:
      """
      {"username":"reports","password":"production-example"}
      """
    And nothing was refused
    And Vault's audit log shows:
      | update | auth/aws/login              | allowed |
      | read   | secret/data/production/db   | allowed |

  Scenario: Production's policy refuses the path of staging
    Given the function "reader" with the role "reader" reads Vault's secret "staging/db" as "reader"
    And GET /secret of the API "secrets" invokes the function "reader"
    And the API "secrets" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status"}
      """
    When GET /secret of the API "secrets" is called
    Then the answer has the status 500 and the body:
      """
      {"message":"Internal Server Error"}
      """
    And vault refused it because of "policy-denied"
    And the diagnosis is "vault-rule-segment"
    And the explanation leads from the gateway to vault
    And Vault's audit log shows:
      | update | auth/aws/login         | allowed |
      | read   | secret/data/staging/db | refused |

  Scenario: A role that Vault's role does not bind
    Given the role "stranger" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And the function "reader" with the role "stranger" reads Vault's secret "production/db" as "reader"
    And GET /secret of the API "secrets" invokes the function "reader"
    And the API "secrets" has the stage "$default" with the access log:
      """
      {"route":"$context.routeKey","id":"$context.requestId","status":"$context.status"}
      """
    When GET /secret of the API "secrets" is called
    Then the answer has the status 500 and the body:
      """
      {"message":"Internal Server Error"}
      """
    And vault refused it because of "aws-principal-not-bound"
    And the diagnosis is "vault-role-mismatch"
    And the explanation leads from the gateway to vault

  @virtual-time
  Scenario: The token dies after its time to live
    Given the role "operator" of the account workload-a is trusted by the account workload-a
    And Vault's AWS role "operator" gives the role "operator" the policy "production" for 300 seconds
    When the role "operator" is assumed by the account workload-a
    And the session of "operator" logs in to Vault as "operator"
    And the session of "operator" reads Vault's secret "production/db"
    Then Vault answers with the secret:
      | username | reports            |
      | password | production-example |
    When 301 seconds pass
    And the session of "operator" reads Vault's secret "production/db"
    Then Vault answers with the status 403
    And vault refused it because of "token-expired"
    And the diagnosis is "vault-token-expired"

  Scenario: A role that was deleted and made again under its old name
    Given the role "operator" of the account workload-a is trusted by the account workload-a
    And Vault's AWS role "operator" gives the role "operator" the policy "production" for 300 seconds
    When the role "operator" is assumed by the account workload-a
    And the session of "operator" logs in to Vault as "operator"
    Then Vault answers with the status 200
    When the role "operator" is deleted and made again
    And the role "operator" is assumed by the account workload-a
    And the session of "operator" logs in to Vault as "operator"
    Then Vault answers with the status 400
    And vault refused it because of "aws-principal-not-bound"
    And the diagnosis is "vault-principal-recreated"
