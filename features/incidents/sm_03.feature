@incident:SM-03 @needs:virtual-time
Feature: SM-03: Stuck AWSPENDING
  A rotation stopped between its steps. Its version waits to become current, and no other begins.

  Background:
    Given the account workload-a has the secret "production/db":
      | username | reports            |
      | password | production-example |
    And the role "rotator" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And the function "rotator" with the role "rotator" reads the secret "production/db"
    And the account workload-a calls "lambda:AddPermission" with:
      | FunctionName | rotator                      |
      | StatementId  | secrets-manager              |
      | Action       | lambda:InvokeFunction        |
      | Principal    | secretsmanager.amazonaws.com |
    And the account workload-a calls "secretsmanager:PutSecretValue" with:
      """
      {
        "SecretId": "production/db",
        "SecretString": "{\"username\":\"reports\",\"password\":\"next-example\"}",
        "VersionStages": ["AWSPENDING"]
      }
      """
    And the answer is kept as "stuck"

  Scenario: The next rotation is refused
    When the account workload-a calls "secretsmanager:RotateSecret" with:
      """
      {
        "SecretId": "production/db",
        "RotationLambdaARN": "arn:aws:lambda:us-east-1:222222222222:function:rotator",
        "RotationRules": { "AutomaticallyAfterDays": 30 }
      }
      """
    Then AWS refuses with "InvalidRequestException" and the message:
      """
      A previous rotation isn't complete. That rotation will be reattempted.
      """
    And the call is refused with 400 "InvalidRequestException" because of "rotation-under-way"
    And the diagnosis is "rotation-under-way"
    And the owner can mend it
    And the fix says "take `AWSPENDING` from it"

  @mended
  Scenario: The label is taken away
    Given the account workload-a calls "secretsmanager:UpdateSecretVersionStage" with:
      | SecretId            | production/db      |
      | VersionStage        | AWSPENDING         |
      | RemoveFromVersionId | $(stuck.VersionId) |
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
