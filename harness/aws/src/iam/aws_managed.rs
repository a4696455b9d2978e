//! AWS's own managed policies: those whose text is short and known, and an abridged ReadOnlyAccess.
//!
//! A policy that is not here cannot be attached (`NoSuchEntity`): none is guessed.

use authlab_policy::{Document, DocumentKind, Policy};

/// One policy of AWS.
#[derive(Clone, Copy, Debug)]
pub struct AwsManaged {
    /// What stands after `arn:aws:iam::aws:policy/`.
    pub name: &'static str,
    /// The document.
    pub text: &'static str,
}

const ARN: &str = "arn:aws:iam::aws:policy/";

/// All that are known, by name.
pub const ALL: &[AwsManaged] = &[
    AwsManaged {
        name: "AdministratorAccess",
        text: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "AmazonAPIGatewayInvokeFullAccess",
        text: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["execute-api:Invoke","execute-api:ManageConnections"],"Resource":"arn:aws:execute-api:*:*:*"}]}"#,
    },
    AwsManaged {
        name: "IAMReadOnlyAccess",
        text: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}]}"#,
    },
    // Abridged to the services of the lab; AWS's own lists each service's actions.
    AwsManaged {
        name: "ReadOnlyAccess",
        text: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["apigateway:GET","cloudwatch:Describe*","cloudwatch:Get*","cloudwatch:List*","iam:Get*","iam:List*","lambda:Get*","lambda:List*","logs:Describe*","logs:FilterLogEvents","logs:Get*","logs:List*","oam:Get*","oam:List*","organizations:Describe*","organizations:List*","secretsmanager:DescribeSecret","secretsmanager:ListSecrets","sts:GetAccessKeyInfo"],"Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "service-role/AWSLambdaBasicExecutionRole",
        text: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}"#,
    },
    AwsManaged {
        name: "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        text: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:DescribeLogGroups","logs:DescribeLogStreams","logs:PutLogEvents","logs:GetLogEvents","logs:FilterLogEvents"],"Resource":"*"}]}"#,
    },
];

impl AwsManaged {
    /// The ARN.
    pub fn arn(&self) -> String {
        format!("{ARN}{}", self.name)
    }

    /// The path: `/`, `/service-role/`.
    pub fn path(&self) -> String {
        let path = self.name.rsplit_once('/').map_or("", |(path, _)| path);
        if path.is_empty() {
            "/".to_owned()
        } else {
            format!("/{path}/")
        }
    }

    /// The name without path.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit('/').next().unwrap_or(self.name)
    }
}

/// The policy of AWS with this ARN.
pub fn find(arn: &str) -> Option<&'static AwsManaged> {
    let name = arn.strip_prefix(ARN)?;
    ALL.iter().find(|policy| policy.name == name)
}

/// The same, parsed.
pub fn policy(arn: &str) -> Option<Policy> {
    let found = find(arn)?;
    let document = Document::parse(DocumentKind::Identity, found.text).ok()?;
    Some(Policy::new(arn, document))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_of_aws_parses_under_its_arn() {
        for known in ALL {
            assert!(policy(&known.arn()).is_some(), "{}", known.name);
        }
        assert!(policy("arn:aws:iam::aws:policy/NoSuchAccess").is_none());
    }
}
