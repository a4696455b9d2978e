//! What a condition is about, by its key: who can meet it follows from that, and how.
//!
//! Source of the keys: IAM user guide, `reference_policies_condition-keys.html`; STS,
//! `reference_policies_iam-condition-keys.html`.

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// The id that a third party is known by.
    ExternalId,
    /// A tag of the caller.
    PrincipalTag,
    /// A tag of the resource.
    ResourceTag,
    /// A tag that the request sets.
    RequestTag,
    /// The Region of the call.
    Region,
    /// Whether, and when, a second factor was shown.
    Mfa,
    /// The address that the call comes from.
    SourceIp,
    /// The VPC or endpoint that the call comes through.
    VpcEndpoint,
    /// Whether the call is encrypted on its way.
    SecureTransport,
    /// The caller's organization.
    Organization,
    /// The account or organization of the resource.
    ResourceOwner,
    /// The resource for which a service calls.
    Source,
    /// The caller itself.
    Principal,
    /// Whether a service calls.
    Service,
    /// The session's name, or the identity that it is traced to.
    Session,
    /// When.
    Time,
    /// To which service a role is passed.
    PassedTo,
    /// The boundary that a new user or role gets.
    NewBoundary,
    /// Through which service, for whom and with which context a key is used.
    Key,
    /// The types that a link shares.
    SharedTypes,
    /// The subject of a token.
    Subject,
    /// The audience of a token.
    Audience,
    /// Another claim of a token.
    Claim,
    /// Anything else.
    Other,
}

impl Topic {
    /// What a key is about.
    pub(super) fn of(key: &str) -> Self {
        let key = key.to_ascii_lowercase();
        if let Some(topic) = Self::of_tag(&key) {
            return topic;
        }
        match key.as_str() {
            "sts:externalid" => Self::ExternalId,
            "aws:requestedregion" => Self::Region,
            "aws:multifactorauthpresent" | "aws:multifactorauthage" => Self::Mfa,
            "aws:sourceip" => Self::SourceIp,
            "aws:sourcevpc" | "aws:sourcevpce" | "aws:vpcsourceip" | "aws:sourcevpcarn"
            | "aws:vpceaccount" | "aws:vpceorgid" | "aws:vpceorgpaths" => Self::VpcEndpoint,
            "aws:securetransport" => Self::SecureTransport,
            "aws:principalorgid" | "aws:principalorgpaths" => Self::Organization,
            "aws:resourceaccount" | "aws:resourceorgid" | "aws:resourceorgpaths" => {
                Self::ResourceOwner
            }
            "aws:sourcearn" | "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceorgpaths" => {
                Self::Source
            }
            "aws:principalarn"
            | "aws:principalaccount"
            | "aws:principaltype"
            | "aws:userid"
            | "aws:username"
            | "aws:federatedprovider" => Self::Principal,
            "aws:principalisawsservice"
            | "aws:viaawsservice"
            | "aws:calledvia"
            | "aws:calledviafirst"
            | "aws:calledvialast"
            | "aws:principalservicename"
            | "aws:principalservicenameslist" => Self::Service,
            "sts:rolesessionname" | "sts:sourceidentity" | "aws:sourceidentity" => Self::Session,
            "aws:currenttime" | "aws:epochtime" | "aws:tokenissuetime" => Self::Time,
            "iam:passedtoservice" | "iam:associatedresourcearn" => Self::PassedTo,
            "iam:permissionsboundary" => Self::NewBoundary,
            "oam:resourcetypes" => Self::SharedTypes,
            key if key.starts_with("kms:") => Self::Key,
            key => Self::of_claim(key),
        }
    }

    fn of_tag(key: &str) -> Option<Self> {
        if key == "aws:tagkeys" || key == "sts:transitivetagkeys" {
            return Some(Self::RequestTag);
        }
        let (kind, _) = key.split_once('/')?;
        match kind.rsplit_once(':')?.1 {
            "principaltag" => Some(Self::PrincipalTag),
            "resourcetag" => Some(Self::ResourceTag),
            "requesttag" => Some(Self::RequestTag),
            _ => None,
        }
    }

    /// A claim stands under its issuer's host; AWS's own keys stand under a word.
    fn of_claim(key: &str) -> Self {
        match key.rsplit_once(':') {
            Some((issuer, claim)) if issuer.contains('.') => match claim {
                "sub" => Self::Subject,
                "aud" | "oaud" => Self::Audience,
                _ => Self::Claim,
            },
            _ => Self::Other,
        }
    }
}
