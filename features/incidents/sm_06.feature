@incident:SM-06 @needs:virtual-time
Feature: SM-06: Rotation function not invokable
  Rotation is configured, and the function's policy does not know Secrets Manager.

  Background:
    Given the account workload-a has the secret "production/db":
      | username | reports            |
      | password | production-example |
    And the role "rotator" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And the function "rotator" with the role "rotator" reads the secret "production/db"

  Scenario: Rotation is refused
    When the account workload-a calls "secretsmanager:RotateSecret" with:
      """
      {
        "SecretId": "production/db",
        "RotationLambdaARN": "arn:aws:lambda:us-east-1:222222222222:function:rotator",
        "RotationRules": { "AutomaticallyAfterDays": 30 },
        "RotateImmediately": false
      }
      """
    Then AWS refuses with "AccessDeniedException" and the message:
      """
      Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.
      """
    And the call is refused with 400 "AccessDeniedException" because of "resource-implicit-deny"
    And the diagnosis is "rotation-not-invocable"
    And the owner can mend it
    And the cause says "function:rotator"
    And the fix says "aws lambda add-permission --function-name rotator"

  @mended
  Scenario: The function's policy lets Secrets Manager in
    Given the account workload-a calls "lambda:AddPermission" with:
      | FunctionName | rotator                      |
      | StatementId  | secrets-manager              |
      | Action       | lambda:InvokeFunction        |
      | Principal    | secretsmanager.amazonaws.com |
    When the account workload-a calls "secretsmanager:RotateSecret" with:
      """
      {
        "SecretId": "production/db",
        "RotationLambdaARN": "arn:aws:lambda:us-east-1:222222222222:function:rotator",
        "RotationRules": { "AutomaticallyAfterDays": 30 },
        "RotateImmediately": false
      }
      """
    Then the call is allowed
    And there is no diagnosis
