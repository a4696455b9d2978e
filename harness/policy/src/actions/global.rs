//! The global condition keys and their types.
//!
//! Source: IAM user guide, `reference_policies_condition-keys.html`.

/// What a key's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyType {
    Text,
    Arn,
    Bool,
    Date,
    Number,
    Ip,
}

/// One global key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GlobalKey {
    pub(crate) name: &'static str,
    pub(crate) kind: KeyType,
    pub(crate) multivalued: bool,
    /// The tag's name follows after a slash.
    pub(crate) tagged: bool,
}

const fn one(name: &'static str, kind: KeyType) -> GlobalKey {
    GlobalKey {
        name,
        kind,
        multivalued: false,
        tagged: false,
    }
}

const fn many(name: &'static str) -> GlobalKey {
    GlobalKey {
        name,
        kind: KeyType::Text,
        multivalued: true,
        tagged: false,
    }
}

const fn tag(name: &'static str) -> GlobalKey {
    GlobalKey {
        name,
        kind: KeyType::Text,
        multivalued: false,
        tagged: true,
    }
}

const GLOBAL_KEYS: [GlobalKey; 65] = [
    one("aws:AssumedRoot", KeyType::Bool),
    many("aws:CalledVia"),
    one("aws:CalledViaFirst", KeyType::Text),
    one("aws:CalledViaLast", KeyType::Text),
    one("aws:ChatbotSourceArn", KeyType::Arn),
    one("aws:CurrentTime", KeyType::Date),
    one("aws:Ec2InstanceSourcePrivateIPv4", KeyType::Ip),
    one("aws:Ec2InstanceSourceVpc", KeyType::Text),
    one("aws:EpochTime", KeyType::Date),
    one("aws:FederatedProvider", KeyType::Text),
    one("aws:IsMcpServiceAction", KeyType::Bool),
    one("aws:MultiFactorAuthAge", KeyType::Number),
    one("aws:MultiFactorAuthPresent", KeyType::Bool),
    one("aws:PrincipalAccount", KeyType::Text),
    one("aws:PrincipalArn", KeyType::Arn),
    one("aws:PrincipalIsAWSService", KeyType::Bool),
    one("aws:PrincipalOrgID", KeyType::Text),
    many("aws:PrincipalOrgPaths"),
    one("aws:PrincipalServiceName", KeyType::Text),
    many("aws:PrincipalServiceNamesList"),
    tag("aws:PrincipalTag"),
    one("aws:PrincipalType", KeyType::Text),
    one("aws:Referer", KeyType::Text),
    one("aws:referer", KeyType::Text),
    one("aws:RequestedRegion", KeyType::Text),
    tag("aws:RequestTag"),
    one("aws:ResourceAccount", KeyType::Text),
    one("aws:ResourceOrgID", KeyType::Text),
    many("aws:ResourceOrgPaths"),
    tag("aws:ResourceTag"),
    one("aws:RoleSessionName", KeyType::Text),
    one("aws:SecureTransport", KeyType::Bool),
    one("aws:SignInSessionArn", KeyType::Arn),
    one("aws:SourceAccount", KeyType::Text),
    one("aws:SourceArn", KeyType::Arn),
    one("aws:SourceIdentity", KeyType::Text),
    one("aws:SourceInstanceARN", KeyType::Arn),
    one("aws:SourceIp", KeyType::Ip),
    one("aws:SourceOrgID", KeyType::Text),
    many("aws:SourceOrgPaths"),
    one("aws:SourceOwner", KeyType::Text),
    one("aws:SourceVpc", KeyType::Text),
    one("aws:SourceVpcArn", KeyType::Arn),
    one("aws:SourceVpce", KeyType::Text),
    one("aws:SourceVpceAccount", KeyType::Text),
    one("aws:SourceVpceOrgID", KeyType::Text),
    many("aws:SourceVpceOrgPaths"),
    many("aws:TagKeys"),
    one("aws:TokenIssueTime", KeyType::Date),
    one("aws:userid", KeyType::Text),
    one("aws:username", KeyType::Text),
    one("aws:UserAgent", KeyType::Text),
    one("aws:ViaAWSMCPService", KeyType::Bool),
    one("aws:ViaAWSService", KeyType::Bool),
    one("aws:VpceAccount", KeyType::Text),
    one("aws:VpceOrgID", KeyType::Text),
    many("aws:VpceOrgPaths"),
    one("aws:VpcSourceIp", KeyType::Ip),
    one("aws:AgentSourceArn", KeyType::Arn),
    one("aws:CalledViaAWSMCP", KeyType::Text),
    one("aws:IsAgentAction", KeyType::Bool),
    one("aws:LambdaSourceFunctionArn", KeyType::Arn),
    one("aws:SsmSourceInstanceARN", KeyType::Arn),
    one("aws:RequestedService", KeyType::Text),
    one("aws:SourceEc2InstanceArn", KeyType::Arn),
];

/// The global key that `key` is, tag keys included.
pub(crate) fn global(key: &str) -> Option<&'static GlobalKey> {
    let (name, tagged) = match key.split_once('/') {
        Some((name, _)) => (name, true),
        None => (key, false),
    };
    GLOBAL_KEYS
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name) && (known.tagged || !tagged))
}
