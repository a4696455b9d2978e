@incident:STS-13
Feature: STS-13: The external id is missing, or another customer's
  A supplier's role is to be assumed with the id that it knows the customer by. A tool that drops it, or
  takes that of another customer, is refused in the same words as everybody.

  Background:
    Given the role "connector" of the account workload-b is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Acme",
            "Effect": "Allow",
            "Principal": { "AWS": "222222222222" },
            "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "sts:ExternalId": "acme-42" } }
          }
        ]
      }
      """
    And the account workload-a has the user "tool"
    And the user "tool" has the policy "connect":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::333333333333:role/connector" }
        ]
      }
      """

  Scenario: No external id
    When the user "tool" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/connector |
      | RoleSessionName | tool                                     |
    Then the call is refused with 403 "AccessDenied" because of "trust-implicit-deny"
    And the diagnosis is "external-id-missing"
    And the cause says "the request has no `sts:ExternalId`"
    And the cause says "statement `Acme` of the trust policy of role arn:aws:iam::333333333333:role/connector"
    And the fix says "pass `ExternalId` = `acme-42` in sts:AssumeRole"
    And the caller can mend it

  Scenario: The external id of another customer
    When the user "tool" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/connector |
      | RoleSessionName | tool                                     |
      | ExternalId      | acme-43                                  |
    Then the call is refused with 403 "AccessDenied" because of "trust-implicit-deny"
    And the diagnosis is "external-id-mismatch"
    And the cause says "the request has `acme-43`"
    And the fix says "pass `ExternalId` = `acme-42` in sts:AssumeRole, not `acme-43`"
    And the caller can mend it

  @mended
  Scenario: The external id that was agreed on
    When the user "tool" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/connector |
      | RoleSessionName | tool                                     |
      | ExternalId      | acme-42                                  |
    Then the call is allowed
    And there is no diagnosis
