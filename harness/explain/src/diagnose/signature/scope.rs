//! Signatures for another Region or service.

use authlab_aws::evidence::{CredentialScope, Expected, Reason};

use super::told::{Refused, refused, scope};
use crate::case::Case;
use crate::diagnose::finding::Finding;

struct Scoped {
    told: Refused,
    scope: CredentialScope,
    expected: Expected,
}

fn scoped(case: &Case<'_>) -> Option<Scoped> {
    let told = refused(case, Reason::CredentialScope)?;
    Some(Scoped {
        scope: told.inspected.scope.clone()?,
        expected: told.inspected.expected.clone()?,
        told,
    })
}

impl Scoped {
    /// The Region that was wanted, where another stands in the scope.
    fn other_region(&self) -> Option<&str> {
        let wanted = self.expected.region.as_deref()?;
        (wanted != self.scope.region).then_some(wanted)
    }

    fn host(&self) -> String {
        match &self.told.inspected.host {
            Some(host) => format!("the host `{host}`"),
            None => "the request".to_owned(),
        }
    }
}

/// Another Region.
pub(super) fn region(case: &Case<'_>) -> Option<Finding> {
    let scoped = scoped(case)?;
    let wanted = scoped.other_region()?;
    let given = &scoped.scope.region;
    let from_host = scoped.told.inspected.host.as_deref();
    let is_label = from_host.is_some_and(|host| host.split('.').any(|label| label == given));
    let (about, fix) = if is_label {
        (
            format!(": `{given}` is a label of the host's name, and no Region"),
            format!(
                "tell the signer its Region, `{wanted}`: it takes the wrong part of the host for one, and \
                 of a custom domain it could take none"
            ),
        )
    } else {
        (
            String::new(),
            format!(
                "sign for the Region `{wanted}`, or call the endpoint of `{given}`: let one setting name \
                 both"
            ),
        )
    };
    Some(Finding::certain(
        format!(
            "the scope `{}` names the Region `{given}`, {} stands for `{wanted}`{about}",
            scope(&scoped.scope),
            scoped.host()
        ),
        fix,
    ))
}

/// Another service.
pub(super) fn service(case: &Case<'_>) -> Option<Finding> {
    let scoped = scoped(case)?;
    let (given, wanted) = (&scoped.scope.service, &scoped.expected.service);
    (scoped.other_region().is_none() && given != wanted).then(|| {
        Finding::certain(
            format!(
                "the scope `{}` names the service `{given}`, {} is answered by `{wanted}`",
                scope(&scoped.scope),
                scoped.host()
            ),
            format!("sign for the service `{wanted}`: that is its signing name, whatever its host is called"),
        )
    })
}

/// Another end.
pub(super) fn terminator(case: &Case<'_>) -> Option<Finding> {
    let scoped = scoped(case)?;
    let given = &scoped.scope.terminator;
    (given != "aws4_request").then(|| {
        Finding::certain(
            format!(
                "the scope `{}` ends in `{given}`, and Signature Version 4 in `aws4_request`",
                scope(&scoped.scope)
            ),
            "end the credential scope, and the derivation of the key, in `aws4_request`",
        )
    })
}
