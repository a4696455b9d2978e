@incident:INC-7 @needs:virtual-time
Feature: INC-7: OAM shares metrics and not the resources behind them
  A dashboard reads the metric through the link, and looks up the function that the metric is about: the first is
  allowed, the second is refused.

  Background:
    Given the account monitoring has the sink "central" with the policy:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "AWS": "222222222222" },
            "Action": ["oam:CreateLink", "oam:UpdateLink"],
            "Resource": "*"
          }
        ]
      }
      """
    And the account workload-a has the secret "production/db":
      | username | reports            |
      | password | production-example |
    And the role "shop" of the account workload-a is trusted by the service "lambda.amazonaws.com"
    And the function "orders" with the role "shop" reads the secret "production/db"
    And the account workload-a puts the value 3 of the metric "Failures" in the namespace "Shop"
    And the account monitoring calls "oam:ListSinks"
    And the answer's "Items.0.Arn" is kept as "sink"
    And the account workload-a calls "oam:CreateLink" with:
      """
      {
        "SinkIdentifier": "$(sink)",
        "LabelTemplate": "$AccountName",
        "ResourceTypes": ["AWS::CloudWatch::Metric"],
        "LinkConfiguration": { "MetricConfiguration": { "Filter": "Namespace = 'Shop'" } }
      }
      """

  Scenario: The metric is read, and the function behind it is not
    When the account monitoring reads the metric "Failures" of the account workload-a in the namespace "Shop"
    Then the metric's values are 3
    When the account monitoring calls "lambda:GetFunctionConfiguration" with:
      | FunctionName | arn:aws:lambda:us-east-1:222222222222:function:orders |
    Then AWS refuses with "AccessDeniedException" and the message:
      """
      User: arn:aws:iam::444444444444:user/administrator is not authorized to perform: lambda:GetFunctionConfiguration on resource: arn:aws:lambda:us-east-1:222222222222:function:orders because no resource-based policy allows the lambda:GetFunctionConfiguration action
      """
    And the call is refused with 403 "AccessDeniedException" because of "resource-implicit-deny"
    And the diagnosis is "oam-shares-no-resource"
    And the cause says "shares `AWS::CloudWatch::Metric` of account 222222222222"
    And the cause says "which no link shares"
    And the fix says "assume a role of account 222222222222 that may `lambda:GetFunctionConfiguration`"
    And the owner can mend it

  @mended
  Scenario: A role of the source account looks the function up
    Given the role "lookup" of the account workload-a is trusted by the account monitoring
    And the role "lookup" has the policy "read":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": "lambda:GetFunctionConfiguration", "Resource": "*" }
        ]
      }
      """
    When the role "lookup" is assumed by the account monitoring
    And the session of "lookup" calls "lambda:GetFunctionConfiguration" with:
      | FunctionName | arn:aws:lambda:us-east-1:222222222222:function:orders |
    Then the call is allowed
    And there is no diagnosis
