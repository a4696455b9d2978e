Feature: What is named and is not there
  AWS and Vault answer alike whatever is wrong with a name: the explanation says which name was meant, where
  it is, or when it was deleted.

  Background:
    Given the account workload-a has the user "job"
    And the user "job" has the policy "assume":
      """
      { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" }] }
      """
    And the account workload-a calls "iam:CreateRole" with:
      | RoleName                 | reader                                                                                                                                          |
      | Path                     | /apps/                                                                                                                                          |
      | AssumeRolePolicyDocument | {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}]} |

  Scenario Outline: A role by an ARN that is not its own
    When the user "job" calls "sts:AssumeRole" with:
      | RoleArn         | <arn> |
      | RoleSessionName | job   |
    Then the call is refused with 403 "AccessDenied" because of "role-not-found"
    And the diagnosis is "<class>"
    And <mender> can mend it
    And the fix says "<fix>"

    Examples:
      | arn                                         | class              | mender     | fix                                        |
      | arn:aws:iam::222222222222:role/reader       | role-path          | the caller | arn:aws:iam::222222222222:role/apps/reader |
      | arn:aws:iam::333333333333:role/reader       | role-other-account | the caller | arn:aws:iam::222222222222:role/apps/reader |
      | arn:aws:iam::222222222222:role/apps/raeder  | role-misspelt      | the caller | arn:aws:iam::222222222222:role/apps/reader |
      | arn:aws:iam::222222222222:role/billing      | role-missing       | the owner  | iam:ListRoles                              |

  Scenario: A role that was deleted
    Given the account workload-a calls "iam:DeleteRole" with:
      | RoleName | reader |
    When the user "job" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::222222222222:role/apps/reader |
      | RoleSessionName | job                                        |
    Then the call is refused with 403 "AccessDenied" because of "role-not-found"
    And the diagnosis is "role-deleted"
    And the owner can mend it
    And the cause says "was deleted at"

  # What stands near a name, only a Vault within the lab tells.
  @needs:vault-enforcement
  Scenario: A password policy of Vault's by a slip of the pen
    Given Vault is asked POST /v1/sys/policies/password/short by the root token with:
      | policy | length = 20 rule "charset" { charset = "abcdefghijklmnopqrstuvwxyz" } |
    When Vault is asked GET /v1/sys/policies/password/shrot by the root token
    Then the diagnosis is "vault-name-misspelt"
    And the fix says "name `short`"

  @needs:virtual-time
  Scenario: A token of Vault's where its accessor belongs
    Given Vault is asked POST /v1/auth/token/create by the root token with:
      | ttl | 1h |
    And the answer is kept as "made"
    When Vault is asked POST /v1/auth/token/lookup-accessor by the root token with:
      | accessor | $(made.auth.client_token) |
    Then the diagnosis is "vault-secret-as-accessor"
    Given Vault is asked POST /v1/auth/token/revoke-accessor by the root token with:
      | accessor | $(made.auth.accessor) |
    When Vault is asked POST /v1/auth/token/lookup-accessor by the root token with:
      | accessor | $(made.auth.accessor) |
    Then the diagnosis is "vault-accessor-ended"
    And the cause says "was revoked at"

  @mended
  Scenario: The role by its own ARN
    When the user "job" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::222222222222:role/apps/reader |
      | RoleSessionName | job                                        |
    Then the call is allowed
