//! What Secrets Manager refuses by itself: keys that open nothing abroad, and rotations.

use authlab_aws::evidence::{Reason, Request};
use authlab_kernel::Component;

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use crate::case::Case;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Aws,
        class: "secret-default-key",
        mender: Mender::Owner,
        title: "the secret is encrypted with a key that opens nothing for another account",
        find: |case| {
            refused(case, Reason::SecretDefaultKey)?;
            let principal = caller(case);
            let account = principal.split(':').nth(4).unwrap_or_default().to_owned();
            Some(Finding::certain(
                format!(
                    "the secret has no key of its own, so that it is encrypted with the default key \
                     `aws/secretsmanager` of its account; {principal} is of the account {account}, and \
                     the policy of that key cannot be changed"
                ),
                format!(
                    "encrypt the secret with a key of your own (`UpdateSecret` with `KmsKeyId`), and let \
                     three policies name the caller: the key's (`kms:Decrypt` for {account}), the \
                     secret's, and the caller's own (`secretsmanager:GetSecretValue` and `kms:Decrypt`)"
                ),
            ))
        },
    },
    Entry {
        system: System::Aws,
        class: "rotation-under-way",
        mender: Mender::Owner,
        title: "an earlier rotation of the secret is not complete",
        find: |case| {
            refused(case, Reason::RotationUnderWay)?;
            Some(Finding::certain(
                "a version has the label `AWSPENDING` that is not the current one: a rotation before \
                 stopped between its steps",
                "finish it or take it back: if the pending version (`ListSecretVersionIds`) is good, move \
                 `AWSCURRENT` to it, else take `AWSPENDING` from it (`UpdateSecretVersionStage` with \
                 `RemoveFromVersionId`), and rotate again; mend the step that failed first",
            ))
        },
    },
    Entry {
        system: System::Aws,
        class: "rotation-not-invocable",
        mender: Mender::Owner,
        title: "the rotation's function cannot be invoked by Secrets Manager",
        find: |case| {
            let function = not_invoked(case)?;
            let (what, name) = match &function {
                Some(arn) => (
                    format!("the policy of {arn} does not allow {PRINCIPAL} to invoke it"),
                    arn.rsplit(':').next().unwrap_or_default(),
                ),
                None => (
                    "the function is not there, or another account keeps its policy".to_owned(),
                    "FUNCTION",
                ),
            };
            Some(Finding::certain(
                format!("{what}; AWS tells neither apart from a function that is not there"),
                format!(
                    "let the function's policy name the service: `aws lambda add-permission \
                     --function-name {name} --statement-id secrets-manager --action \
                     lambda:InvokeFunction --principal {PRINCIPAL} --source-account` and the \
                     secret's account"
                ),
            ))
        },
    },
];

/// The service as a function's policy names it.
const PRINCIPAL: &str = "secretsmanager.amazonaws.com";

/// The function that Secrets Manager may not invoke; none inside where it is not there.
fn not_invoked(case: &Case<'_>) -> Option<Option<String>> {
    if refused(case, Reason::RotationNotInvocable).is_some() {
        return Some(None);
    }
    let Told::Decision(decided) = Told::of(case.refusal()?)? else {
        return None;
    };
    let decision = decided.decision;
    let is_meant = decision.action == "lambda:InvokeFunction" && decision.principal == PRINCIPAL;
    is_meant.then_some(Some(decision.resource))
}

fn refused(case: &Case<'_>, reason: Reason) -> Option<Told> {
    case.refused(Component::Aws, reason)
}

/// Who called, by their ARN.
fn caller(case: &Case<'_>) -> String {
    let requests = case.before::<Request>(Component::Aws);
    let last = requests.filter_map(|request| request.principal).last();
    last.unwrap_or_else(|| "the caller".to_owned())
}
