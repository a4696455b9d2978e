//! Virtual MFA devices: time-based one-time passwords (RFC 6238) by the lab's clock.
//!
//! A code is six digits of HMAC-SHA-1 over the number of the half minute (RFC 4226, section 5.3;
//! RFC 6238, section 4), and is good once. A device that lies a little off is found again by two
//! codes in a row (IAM user guide, `id_credentials_mfa_sync.html`).

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Ids, Secret, Timestamp};
use ring::hmac;

use super::entity::MfaDevice;
use super::error::Error;
use super::grant::merge_tags;
use super::role::path_or_root;
use super::state::State;

/// The length of a step.
const STEP_SECONDS: i64 = 30;
/// How many steps a code may lie off when a device is used (unverified).
const SLACK_STEPS: i64 = 1;
/// How many steps two codes in a row may lie off when a device is enabled or found again
/// (unverified): ten minutes.
const SEARCH_STEPS: i64 = 20;
/// Devices that a user may have (IAM user guide, `reference_iam-quotas`).
const DEVICES_PER_USER_MAX: usize = 8;

/// The code of a step for a seed in base 32.
pub fn code(seed: &Secret, step: i64) -> String {
    let key = hmac::Key::new(
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        &from_base32(seed.expose_secret()),
    );
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
    let word = bytes
        .iter()
        .skip(offset)
        .take(4)
        .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// The number of the step of a time.
pub fn step_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

/// The bytes of a text in base 32 (RFC 4648); what is no letter of it is left out.
fn from_base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut word, mut bits) = (Vec::new(), 0_u32, 0);
    for character in text.bytes() {
        let five = match character {
            b'A'..=b'Z' => character - b'A',
            b'2'..=b'7' => character - b'2' + 26,
            _ => continue,
        };
        word = (word << 5) | u32::from(five);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.extend(u8::try_from((word >> bits) & 0xff));
            word &= (1 << bits) - 1;
        }
    }
    bytes
}

impl MfaDevice {
    /// The step of a code that is good now and was not used.
    fn step_of_code(&self, given: &str, now: Timestamp) -> Option<i64> {
        let middle = step_of(now) + self.drift_steps;
        (middle - SLACK_STEPS..=middle + SLACK_STEPS)
            .filter(|step| *step > self.last_step)
            .find(|step| code(&self.seed, *step) == given)
    }

    /// Finds the device's clock by two codes in a row, and spends both.
    fn find(&mut self, codes: [&str; 2], now: Timestamp) -> Result<(), Error> {
        let middle = step_of(now);
        let found = (middle - SEARCH_STEPS..=middle + SEARCH_STEPS)
            .filter(|step| *step > self.last_step)
            .find(|step| {
                code(&self.seed, *step) == codes[0] && code(&self.seed, step + 1) == codes[1]
            });
        let Some(step) = found else {
            let text = "Authentication code for device is not valid.";
            return Err(Error::AuthenticationCode(text.to_owned()));
        };
        // Whoever reads both codes at once has the second before its time: that is no drift.
        let drift = step + 1 - middle;
        self.drift_steps = if (0..=1).contains(&drift) { 0 } else { drift };
        self.last_step = step + 1;
        Ok(())
    }
}

impl State {
    /// Makes a virtual device of an account; it is nobody's until it is enabled.
    ///
    /// # Errors
    /// There is one of this name and path.
    pub fn create_mfa_device(
        &mut self,
        account: &AccountId,
        (name, path): (&str, &str),
        tags: BTreeMap<String, String>,
        ids: &Ids,
    ) -> Result<MfaDevice, Error> {
        let serial = serial(account, path, name);
        if self.mfa_device(account, &serial).is_ok() {
            let text = "MFA device already exists.";
            return Err(Error::Exists(text.to_owned()));
        }
        let device = MfaDevice {
            seed: Secret::new(ids.draw("mfa-seed", account.as_str(), &serial).base32(64)),
            user: None,
            enabled: None,
            drift_steps: 0,
            last_step: i64::MIN,
            tags,
            serial: serial.clone(),
        };
        self.account_mut(account)
            .mfa_devices
            .insert(serial, device.clone());
        Ok(device)
    }

    /// A device by its serial number.
    ///
    /// # Errors
    /// There is none.
    pub fn mfa_device(&self, account: &AccountId, serial: &str) -> Result<&MfaDevice, Error> {
        let found = self
            .account(account)
            .and_then(|own| own.mfa_devices.get(serial));
        found.ok_or_else(|| no_device(serial))
    }

    /// The devices of an account, by serial number.
    pub fn mfa_devices(&self, account: &AccountId) -> impl Iterator<Item = &MfaDevice> {
        self.account(account)
            .into_iter()
            .flat_map(|own| own.mfa_devices.values())
    }

    /// Makes a device a user's, who proves to hold it.
    ///
    /// # Errors
    /// No such user or device, the device is somebody's, or the codes are wrong.
    pub fn enable_mfa_device(
        &mut self,
        account: &AccountId,
        user: &str,
        serial: &str,
        codes: [&str; 2],
        now: Timestamp,
    ) -> Result<(), Error> {
        self.get_user(account, user)?;
        let is_taken = self.mfa_device(account, serial)?.user.is_some();
        if is_taken {
            let text = "MFA Device is already in use.";
            return Err(Error::Exists(text.to_owned()));
        }
        let own = self
            .mfa_devices(account)
            .filter(|device| device.user.as_deref() == Some(user));
        if own.count() >= DEVICES_PER_USER_MAX {
            let text = format!("Cannot exceed quota for MFADevicesPerUser: {DEVICES_PER_USER_MAX}");
            return Err(Error::Quota(text));
        }
        let devices = &mut self.account_mut(account).mfa_devices;
        let device = devices.get_mut(serial).ok_or_else(|| no_device(serial))?;
        device.find(codes, now)?;
        device.user = Some(user.to_owned());
        device.enabled = Some(now);
        Ok(())
    }

    /// Finds the clock of a user's device again.
    ///
    /// # Errors
    /// No such user or device, or the codes are wrong.
    pub fn resync_mfa_device(
        &mut self,
        account: &AccountId,
        user: &str,
        serial: &str,
        codes: [&str; 2],
        now: Timestamp,
    ) -> Result<(), Error> {
        self.device_of_user(account, user, serial)?.find(codes, now)
    }

    /// Takes a device from its user; it stays, to be enabled anew.
    ///
    /// # Errors
    /// No such user, or the device is not the user's.
    pub fn deactivate_mfa_device(
        &mut self,
        account: &AccountId,
        user: &str,
        serial: &str,
    ) -> Result<(), Error> {
        let device = self.device_of_user(account, user, serial)?;
        device.user = None;
        device.enabled = None;
        Ok(())
    }

    /// Deletes a device that is nobody's.
    ///
    /// # Errors
    /// No such device, or it is somebody's.
    pub fn delete_mfa_device(&mut self, account: &AccountId, serial: &str) -> Result<(), Error> {
        let device = self.mfa_device(account, serial);
        let device = device.map_err(|_| no_device_here(serial))?;
        if let Some(user) = &device.user {
            let text = "MFA VirtualDevice in use. Must deactivate first.";
            return Err(Error::in_use(text, [format!("the user {user}")]));
        }
        self.account_mut(account).mfa_devices.remove(serial);
        Ok(())
    }

    /// The device with this serial number, which is this user's.
    ///
    /// # Errors
    /// No such user, or the device is not the user's.
    pub fn mfa_device_of(
        &self,
        account: &AccountId,
        user: &str,
        serial: &str,
    ) -> Result<&MfaDevice, Error> {
        self.get_user(account, user)?;
        let device = self.mfa_device(account, serial)?;
        match device.user.as_deref() == Some(user) {
            true => Ok(device),
            false => Err(no_device(serial)),
        }
    }

    fn device_of_user(
        &mut self,
        account: &AccountId,
        user: &str,
        serial: &str,
    ) -> Result<&mut MfaDevice, Error> {
        self.get_user(account, user)?;
        let device = self.account_mut(account).mfa_devices.get_mut(serial);
        device
            .filter(|device| device.user.as_deref() == Some(user))
            .ok_or_else(|| no_device_here(serial))
    }

    /// Whether a user's device shows this code now. It is not spent.
    pub fn shows_code(
        &self,
        account: &AccountId,
        user: &str,
        (serial, given): (&str, &str),
        now: Timestamp,
    ) -> bool {
        let device = self.mfa_device(account, serial).ok();
        let own = device.filter(|device| device.user.as_deref() == Some(user));
        own.is_some_and(|device| device.step_of_code(given, now).is_some())
    }

    /// Spends a code: it and those before it are good no more. Tells whether it was good.
    pub fn spend_code(
        &mut self,
        account: &AccountId,
        user: &str,
        (serial, given): (&str, &str),
        now: Timestamp,
    ) -> bool {
        let Ok(device) = self.device_of_user(account, user, serial) else {
            return false;
        };
        let step = device.step_of_code(given, now);
        device.last_step = step.unwrap_or(device.last_step);
        step.is_some()
    }

    /// Adds tags to a device, or takes them away.
    ///
    /// # Errors
    /// No such device, or more than fifty.
    pub fn tag_mfa_device(
        &mut self,
        account: &AccountId,
        serial: &str,
        add: BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<(), Error> {
        let device = self.account_mut(account).mfa_devices.get_mut(serial);
        let device = device.ok_or_else(|| no_device(serial))?;
        device.tags.retain(|key, _| !remove.contains(key));
        merge_tags(&mut device.tags, add)
    }
}

/// `arn:aws:iam::ACCOUNT:mfa/PATH/NAME`.
pub fn serial(account: &AccountId, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:mfa{}{name}", path_or_root(path))
}

/// What AWS says where a device is to be deactivated or deleted (recorded).
fn no_device_here(serial: &str) -> Error {
    Error::NotFound(format!(
        "MFA Device with serial number {serial} does not exist."
    ))
}

fn no_device(serial: &str) -> Error {
    Error::NotFound(format!(
        "VirtualMFADevice with serial number {serial} doesn't exist."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, for SHA-1; its eight digits end in these six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let seed = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = Timestamp::from_second(second).unwrap();
            assert_eq!(code(&seed, step_of(at)), expected, "{second}");
        }
    }
}
