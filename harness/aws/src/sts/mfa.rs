//! MFA at STS: the serial number and the code that AssumeRole and GetSessionToken take.

use authlab_policy::Principal;
use authlab_wire::WireError;
use serde::Deserialize;

use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::operation::Call;

/// The two members.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Mfa {
    serial_number: Option<String>,
    token_code: Option<String>,
}

/// A proof that was given, and holds now.
pub(super) struct Proof<'a> {
    user: &'a str,
    serial: &'a str,
    code: &'a str,
}

impl Mfa {
    /// The proof; none when neither member was given. Nothing is spent: see [`Proof::spend`].
    ///
    /// # Errors
    /// One member without the other, a device that is not the caller's own, or a code that it does
    /// not show now or that was used.
    pub(super) fn proof<'a>(
        &'a self,
        cloud: &Cloud,
        call: &'a Call,
    ) -> Result<Option<Proof<'a>>, WireError> {
        let (serial, code) = match (&self.serial_number, &self.token_code) {
            (None, None) => return Ok(None),
            (Some(serial), Some(code)) => (serial, code),
            // Unverified text.
            _ => {
                let text = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
                return Err(refused(text, "SerialNumber and TokenCode go together"));
            }
        };
        let text = "MultiFactorAuthentication failed with invalid MFA one time pass code.";
        let Principal::User { name, .. } = &call.caller.principal else {
            return Err(refused(text, "only an IAM user has an MFA device"));
        };
        let given = (serial.as_str(), code.as_str());
        if !cloud
            .shared
            .iam
            .shows_code(call.account(), name, given, call.now)
        {
            let device = cloud.shared.iam.mfa_device(call.account(), serial).ok();
            let why = match device {
                None => "the account has no such device",
                Some(device) if device.user.as_deref() != Some(name) => {
                    "the device is not the caller's"
                }
                Some(_) => "the device does not show this code now, or the code was used",
            };
            return Err(refused(text, why));
        }
        Ok(Some(Proof {
            user: name,
            serial,
            code,
        }))
    }
}

impl Proof<'_> {
    /// Spends the code: it is good once.
    pub(super) fn spend(&self, cloud: &mut Cloud, call: &Call) {
        let given = (self.serial, self.code);
        cloud
            .shared
            .iam
            .spend_code(call.account(), self.user, given, call.now);
    }
}

fn refused(text: &str, why: &str) -> WireError {
    let error = WireError::new(403, "AccessDenied", text);
    error.because(Reason::MfaCode).with_evidence(why)
}
