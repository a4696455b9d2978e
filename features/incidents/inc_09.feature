@incident:INC-9 @needs:virtual-time
Feature: INC-9: A subscription is refused until the function may be invoked
  CloudWatch Logs tries the function when the subscription is made: it has to be let in before, for the group with
  `:*` at its end.

  Background:
    Given the account workload-a has the secret "production/db":
      | username | reports            |
      | password | production-example |
    And the role "shipper" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And the function "shipper" with the role "shipper" reads the secret "production/db"
    And the account workload-a calls "logs:CreateLogGroup" with:
      | logGroupName | /shop/orders |

  Scenario: The permission is deployed after the subscription
    When the account workload-a calls "logs:PutSubscriptionFilter" with:
      """
      {
        "logGroupName": "/shop/orders",
        "filterName": "errors",
        "filterPattern": "ERROR",
        "destinationArn": "arn:aws:lambda:us-east-1:222222222222:function:shipper"
      }
      """
    Then AWS refuses with "InvalidParameterException" and the message:
      """
      Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.
      """
    And the call is refused with 400 "InvalidParameterException" because of "resource-implicit-deny"
    And the diagnosis is "subscription-not-invocable"
    And the cause says "lets `logs.amazonaws.com` invoke it"
    And the fix says "aws lambda add-permission --function-name shipper"
    And the owner can mend it

  Scenario: The permission is for the group without its streams
    Given the account workload-a calls "lambda:AddPermission" with:
      | FunctionName | shipper                                                    |
      | StatementId  | cloudwatch-logs                                            |
      | Action       | lambda:InvokeFunction                                      |
      | Principal    | logs.amazonaws.com                                         |
      | SourceArn    | arn:aws:logs:us-east-1:222222222222:log-group:/shop/orders |
    When the account workload-a calls "logs:PutSubscriptionFilter" with:
      """
      {
        "logGroupName": "/shop/orders",
        "filterName": "errors",
        "filterPattern": "ERROR",
        "destinationArn": "arn:aws:lambda:us-east-1:222222222222:function:shipper"
      }
      """
    Then the call is refused with 400 "InvalidParameterException" because of "resource-implicit-deny"
    And the diagnosis is "source-not-granted"
    And the cause says "log-group:/shop/orders:*"
    And the owner can mend it

  @mended
  Scenario: The function's policy lets CloudWatch Logs in first
    Given the account workload-a calls "lambda:AddPermission" with:
      | FunctionName | shipper                                                      |
      | StatementId  | cloudwatch-logs                                              |
      | Action       | lambda:InvokeFunction                                        |
      | Principal    | logs.amazonaws.com                                           |
      | SourceArn    | arn:aws:logs:us-east-1:222222222222:log-group:/shop/orders:* |
    When the account workload-a calls "logs:PutSubscriptionFilter" with:
      """
      {
        "logGroupName": "/shop/orders",
        "filterName": "errors",
        "filterPattern": "ERROR",
        "destinationArn": "arn:aws:lambda:us-east-1:222222222222:function:shipper"
      }
      """
    Then the call is allowed
    And there is no diagnosis
