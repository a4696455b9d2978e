@incident:STS-18
Feature: STS-18: Endpoint and signing region diverge inside an SDK
  A helper gives the global endpoint of STS, and the signer goes on to use the Region of the client.

  Scenario: The global endpoint, signed for a Region
    Given the account workload-a calls AWS at the host "sts.amazonaws.com"
    And the account workload-a signs for the Region "eu-west-1"
    When the account workload-a calls "sts:GetCallerIdentity"
    Then the call is refused with 403 "SignatureDoesNotMatch" because of "credential-scope"
    And the diagnosis is "credential-scope-region"
    And the caller can mend it
    And the cause says "the host `sts.amazonaws.com` stands for `us-east-1`"
    And the fix says "sign for the Region `us-east-1`, or call the endpoint of `eu-west-1`"

  Scenario: The endpoint of a Region, signed for the global one
    Given the account workload-a calls AWS at the host "sts.eu-west-1.amazonaws.com"
    When the account workload-a calls "sts:GetCallerIdentity"
    Then the call is refused with 403 "SignatureDoesNotMatch" because of "credential-scope"
    And the diagnosis is "credential-scope-region"
    And the fix says "sign for the Region `eu-west-1`"

  @mended
  Scenario: Both are of the Region
    Given the account workload-a calls AWS at the host "sts.eu-west-1.amazonaws.com"
    And the account workload-a signs for the Region "eu-west-1"
    When the account workload-a calls "sts:GetCallerIdentity"
    Then the call is allowed
    And there is no diagnosis
