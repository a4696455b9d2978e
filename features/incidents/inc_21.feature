@incident:INC-21
Feature: INC-21: Transitive session tags go on to the next role
  A pod's session carries six transitive tags, as EKS Pod Identity makes it. They come along to every role
  that it assumes, and each of those has to allow sts:TagSession, although nobody passes a tag.

  Background:
    Given the role "pod" of the account workload-a is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Effect": "Allow",
            "Principal": { "AWS": "222222222222" },
            "Action": ["sts:AssumeRole", "sts:TagSession"]
          }
        ]
      }
      """
    And the role "pod" has the policy "onward":
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          { "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "*" }
        ]
      }
      """
    And the role "automation" of the account workload-b is trusted by:
      """
      {
        "Version": "2012-10-17",
        "Statement": [
          {
            "Sid": "Workers",
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::222222222222:role/pod" },
            "Action": "sts:AssumeRole"
          }
        ]
      }
      """
    And the account workload-a calls "sts:AssumeRole" with:
      """
      {
        "RoleArn": "arn:aws:iam::222222222222:role/pod",
        "RoleSessionName": "eks",
        "Tags": [
          { "Key": "eks-cluster-arn", "Value": "arn:aws:eks:us-east-1:222222222222:cluster/shop" },
          { "Key": "eks-cluster-name", "Value": "shop" },
          { "Key": "kubernetes-namespace", "Value": "shop" },
          { "Key": "kubernetes-service-account", "Value": "worker" },
          { "Key": "kubernetes-pod-name", "Value": "worker-1" },
          { "Key": "kubernetes-pod-uid", "Value": "0a1b2c3d" }
        ],
        "TransitiveTagKeys": [
          "eks-cluster-arn",
          "eks-cluster-name",
          "kubernetes-namespace",
          "kubernetes-service-account",
          "kubernetes-pod-name",
          "kubernetes-pod-uid"
        ]
      }
      """
    And the answer is kept as "pod"

  Scenario: The next role allows AssumeRole only
    When the credentials "pod" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/automation |
      | RoleSessionName | worker                                    |
    Then the call is refused with 403 "AccessDenied" because of "trust-implicit-deny"
    And AWS refuses with "AccessDenied" and the message:
      """
      User: arn:aws:sts::222222222222:assumed-role/pod/eks is not authorized to perform: sts:TagSession on resource: arn:aws:iam::333333333333:role/automation because no role trust policy allows the sts:TagSession action
      """
    And the diagnosis is "tag-session-not-allowed"
    And the cause says "allows `sts:AssumeRole`"
    And the fix says "adds `sts:TagSession` to statement `Workers`"
    And the owner can mend it

  @mended
  Scenario: The next role allows TagSession too
    Given the account workload-b calls "iam:UpdateAssumeRolePolicy" with:
      """
      {
        "RoleName": "automation",
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Workers",
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::222222222222:role/pod" },
              "Action": ["sts:AssumeRole", "sts:TagSession"]
            }
          ]
        }
      }
      """
    When the credentials "pod" calls "sts:AssumeRole" with:
      | RoleArn         | arn:aws:iam::333333333333:role/automation |
      | RoleSessionName | worker                                    |
    Then the call is allowed
    And there is no diagnosis
