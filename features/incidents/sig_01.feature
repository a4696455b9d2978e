@incident:SIG-01 @virtual-time
Feature: SIG-01: Signature expired: the client's clock is behind
  A machine that slept signs with yesterday's time. How far a clock may be off depends on the service: five
  minutes at KMS, fifteen at Secrets Manager.

  Background:
    Given the account workload-a has the user "ci"
    And the user "ci" has the policy "list":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": ["kms:ListKeys", "secretsmanager:ListSecrets"], "Resource": "*" }
        ]
      }
      """

  Scenario: Six minutes and forty seconds are too much for KMS
    Given the user "ci" signs by a clock that is 400 seconds behind
    When the user "ci" calls "kms:ListKeys"
    Then AWS refuses with "InvalidSignatureException" and the message:
      """
      Signature expired: 20260115T115320Z is now earlier than 20260115T115500Z (20260115T120000Z - 5 min.)
      """
    And the call is refused with 400 "InvalidSignatureException" because of "clock-skew"
    And the diagnosis is "signing-clock-skew"
    And the caller can mend it
    And the cause says "the signer's clock is 6 min 40 s behind"
    And the fix says "set the signer's clock right (NTP"

  Scenario: The same clock will do for Secrets Manager
    Given the user "ci" signs by a clock that is 400 seconds behind
    When the user "ci" calls "secretsmanager:ListSecrets"
    Then the call is allowed

  Scenario: A clock that is ahead is told so
    Given the user "ci" signs by a clock that is 1000 seconds ahead
    When the user "ci" calls "secretsmanager:ListSecrets"
    Then the call is refused with 400 "InvalidSignatureException" because of "clock-skew"
    And the diagnosis is "signing-clock-skew"
    And the cause says "16 min 40 s after the service's time"

  @mended
  Scenario: The clock is right
    Given the user "ci" signs by a clock that is 400 seconds behind
    And the user "ci" signs as it should
    When the user "ci" calls "kms:ListKeys"
    Then the call is allowed
    And there is no diagnosis
