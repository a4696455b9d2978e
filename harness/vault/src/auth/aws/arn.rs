//! The ARNs of users, roles and sessions.

use crate::duration;

/// A principal as its ARN names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) partition: String,
    pub(crate) account: String,
    /// `user`, `role`, `assumed-role` or `instance-profile`.
    pub(crate) kind: String,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) session: String,
}

impl Principal {
    /// Reads an ARN.
    ///
    /// # Errors
    /// Account roots, federated users and everything else that cannot log in, in the reference's
    /// words.
    pub(crate) fn read(arn: &str) -> Result<Self, String> {
        let parts: Vec<&str> = arn.split(':').collect();
        let [prefix, partition, service, _, account, resource] = parts.as_slice() else {
            let count = parts.len();
            return Err(format!(
                "unrecognized arn: contains {count} colon-separated parts, expected 6"
            ));
        };
        if *prefix != "arn" {
            return Err("unrecognized arn: does not begin with \"arn:\"".to_owned());
        }
        let missing = |what: &str| {
            Err(format!(
                "unrecognized arn: {} is missing the {what}",
                duration::quoted(arn)
            ))
        };
        if partition.is_empty() {
            return missing("partition");
        }
        if !matches!(*service, "iam" | "sts") {
            return Err(format!(
                "unrecognized service: {service}, not one of iam or sts"
            ));
        }
        if account.is_empty() {
            return missing("account number");
        }
        let segments: Vec<&str> = resource.split('/').collect();
        let too_short = |count: usize| {
            let resource = duration::quoted(resource);
            Err(format!(
                "unrecognized arn: {resource} contains fewer than {count} slash-separated parts"
            ))
        };
        let [kind, path @ .., name] = segments.as_slice() else {
            return too_short(2);
        };
        let mut principal = Self {
            partition: (*partition).to_owned(),
            account: (*account).to_owned(),
            kind: (*kind).to_owned(),
            path: path.join("/"),
            name: (*name).to_owned(),
            session: String::new(),
        };
        match *kind {
            "assumed-role" => {
                let [_, role, session, ..] = segments.as_slice() else {
                    return too_short(3);
                };
                principal.path = String::new();
                principal.name = (*role).to_owned();
                principal.session = (*session).to_owned();
            }
            "user" | "role" | "instance-profile" => {}
            other => {
                let other = duration::quoted(other);
                return Err(format!("unrecognized principal type: {other}"));
            }
        }
        Ok(principal)
    }

    /// The ARN without a path; a session is its role.
    pub(crate) fn canonical(&self) -> String {
        let kind = if self.kind == "assumed-role" {
            "role"
        } else {
            &self.kind
        };
        format!(
            "arn:{}:iam::{}:{kind}/{}",
            self.partition, self.account, self.name
        )
    }

    /// The principal in the form in which an error text of the reference prints it.
    pub(crate) fn printed(&self) -> String {
        let Self {
            partition,
            account,
            kind,
            path,
            name,
            session,
        } = self;
        format!("&{{{partition} {account} {kind} {path} {name} {session}}}")
    }

    /// The name that tokens show.
    pub(crate) fn display_name(&self) -> String {
        if self.session.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.name, self.session)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_its_role_without_the_path() {
        let session = Principal::read("arn:aws:sts::123456789012:assumed-role/app/s").unwrap();
        assert_eq!(session.canonical(), "arn:aws:iam::123456789012:role/app");
        assert_eq!(session.display_name(), "app/s");
        let user = Principal::read("arn:aws:iam::123456789012:user/div/bob").unwrap();
        assert_eq!(
            (user.canonical().as_str(), user.path.as_str()),
            ("arn:aws:iam::123456789012:user/bob", "div")
        );
    }

    #[test]
    fn roots_and_federated_users_are_no_principals() {
        for arn in [
            "arn:aws:iam::123456789012:root",
            "arn:aws:sts::123456789012:federated-user/bob",
            "arn:aws:iam::123456789012:group/x",
            "garbage",
        ] {
            assert!(Principal::read(arn).is_err(), "{arn}");
        }
    }
}
