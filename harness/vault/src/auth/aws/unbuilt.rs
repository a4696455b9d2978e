//! What of the method is not built: its endpoints are known, and say so.

use super::Aws;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome};

/// Refuses by name. All of it serves logins of the type `ec2`.
pub(super) fn refuse(_: &mut Aws, call: &Call<'_>, _: &Fields) -> Outcome {
    let path = &call.request.path;
    Err(Fault::answer(format!(
        "`{path}` is not simulated by authlab: it serves logins of the auth type ec2; use the auth \
         type iam"
    ))
    .with_status(501)
    .because(Reason::NotImplemented))
}
