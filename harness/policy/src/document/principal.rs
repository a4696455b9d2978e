//! Principal and NotPrincipal elements, compiled.
//!
//! Source: IAM user guide, `reference_policies_elements_principal.html` and
//! `..._notprincipal.html`.

/// `Principal` or `NotPrincipal`.
#[derive(Debug, Default)]
pub(crate) struct PrincipalElement {
    pub(crate) negated: bool,
    /// The lone `"*"`.
    pub(crate) everyone: bool,
    /// `{"AWS": "*"}`: everybody who is no service and no foreign token.
    pub(crate) aws_everyone: bool,
    pub(crate) aws: Box<[AwsPrincipal]>,
    pub(crate) services: Box<[Box<str>]>,
    pub(crate) federated: Box<[Box<str>]>,
}

/// One value under `AWS`.
#[derive(Debug)]
pub(crate) enum AwsPrincipal {
    /// Twelve digits, of any partition.
    Account(Box<str>),
    /// `arn:P:iam::ACCOUNT:root`: the same, of one partition.
    AccountArn {
        partition: Box<str>,
        account: Box<str>,
    },
    /// A user, role, session or federated user; compared as it stands.
    Arn(Box<str>),
    /// `AIDA...`, `AROA...`, or `AROA...:session`: what saved policies keep.
    UniqueId(Box<str>),
}

impl AwsPrincipal {
    /// What `value` names; `None` for a text of no known form.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        if is_account_id(value) {
            return Some(Self::Account(value.into()));
        }
        if is_unique_id(value) {
            return Some(Self::UniqueId(value.into()));
        }
        let fields: Vec<&str> = value.splitn(6, ':').collect();
        let [arn, partition, service, _region, account, rest] = fields.as_slice() else {
            return None;
        };
        if *arn != "arn" || !matches!(*service, "iam" | "sts") {
            return None;
        }
        Some(if *service == "iam" && *rest == "root" {
            Self::AccountArn {
                partition: (*partition).into(),
                account: (*account).into(),
            }
        } else {
            Self::Arn(value.into())
        })
    }
}

pub(super) fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// IAM user guide, `reference_identifiers.html#identifiers-unique-ids`.
fn is_unique_id(text: &str) -> bool {
    let id = text.split(':').next().unwrap_or(text);
    id.len() >= 16
        && [
            "AIDA", "AROA", "AGPA", "ANPA", "ASIA", "AKIA", "ANVA", "APKA",
        ]
        .iter()
        .any(|prefix| id.starts_with(prefix))
        && id
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
