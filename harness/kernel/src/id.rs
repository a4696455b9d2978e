//! Identifiers from the seed, in the shapes that the real systems give them.
//!
//! An id is a hash of (seed, kind, scope, logical name, how many times that name was drawn), so
//! that concurrent requests do not shuffle one another's ids: one more draw in one place never
//! moves an id elsewhere.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use ring::digest;

/// The source of every id, token and generated password of one lab.
#[derive(Clone)]
pub struct Ids(Arc<Source>);

struct Source {
    seed: u64,
    /// How many ids were drawn, by a few bits of a hash of what was drawn for: names come from outside,
    /// and a lab that runs for long does not keep them all. Names that share a count have ids that differ
    /// all the same.
    counts: Mutex<HashMap<u32, u64>>,
}

/// How many counts there are at most: some 16 MiB.
const COUNTS_BITS: u32 = 20;

impl Ids {
    /// Ids of the lab with this seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Source {
            seed,
            counts: Mutex::default(),
        }))
    }

    /// A number of the lab with this seed, which does not tell the seed.
    pub fn run(&self) -> u32 {
        let drawn = Draw::of(&format!("run/{}", self.seed())).number();
        u32::try_from(drawn >> 32).unwrap_or_default()
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    /// Forgets what was drawn, as after `POST /_lab/reset`.
    pub fn reset(&self) {
        self.0.counts.lock().clear();
    }

    /// Draws the next id of `kind` for `name` in `scope`.
    ///
    /// `kind` is the sort of thing (`role-id`, `request-id`), `scope` where it lives (an account, an
    /// account and Region, a mount; empty for the whole lab), `name` what people call it.
    pub fn draw(&self, kind: &str, scope: &str, name: &str) -> Draw {
        let label = format!("{kind}\u{1f}{scope}\u{1f}{name}");
        let nth = {
            let mut counts = self.0.counts.lock();
            let count = counts.entry(count_of(&label)).or_insert(0);
            *count += 1;
            *count
        };
        Draw::of(&format!("{}\u{1f}{label}\u{1f}{nth}", self.0.seed))
    }

    /// A request id: a lower-case UUID, as `x-amzn-RequestId` and Vault's `request_id` carry.
    pub fn request_id(&self, component: &str, name: &str) -> String {
        self.draw("request-id", component, name).uuid()
    }

    /// A long-term access key id of an IAM user: `AKIA` and 16 characters.
    pub fn access_key_id(&self, scope: &str, name: &str) -> String {
        format!("AKIA{}", self.draw("access-key-id", scope, name).base32(16))
    }

    /// A temporary access key id of an STS session: `ASIA` and 16 characters.
    pub fn session_key_id(&self, scope: &str, name: &str) -> String {
        format!(
            "ASIA{}",
            self.draw("session-key-id", scope, name).base32(16)
        )
    }

    /// A secret access key: 40 characters.
    pub fn secret_access_key(&self, scope: &str, name: &str) -> String {
        self.draw("secret-access-key", scope, name).base62(40)
    }

    /// The unique id of a role: `AROA` and 17 characters.
    pub fn role_id(&self, account: &str, name: &str) -> String {
        format!("AROA{}", self.draw("role-id", account, name).base32(17))
    }

    /// The unique id of a user: `AIDA` and 17 characters.
    pub fn user_id(&self, account: &str, name: &str) -> String {
        format!("AIDA{}", self.draw("user-id", account, name).base32(17))
    }

    /// The unique id of a managed policy: `ANPA` and 17 characters.
    pub fn policy_id(&self, account: &str, name: &str) -> String {
        format!("ANPA{}", self.draw("policy-id", account, name).base32(17))
    }

    /// The unique id of a group: `AGPA` and 17 characters.
    pub fn group_id(&self, account: &str, name: &str) -> String {
        format!("AGPA{}", self.draw("group-id", account, name).base32(17))
    }

    /// The unique id of an instance profile: `AIPA` and 17 characters.
    pub fn instance_profile_id(&self, account: &str, name: &str) -> String {
        format!(
            "AIPA{}",
            self.draw("instance-profile-id", account, name).base32(17)
        )
    }

    /// An API Gateway API id: ten lower-case letters and digits, unique in the lab.
    pub fn api_id(&self, name: &str) -> String {
        // No scope: two accounts' APIs of one name are two draws of one label, hence differ.
        self.draw("api-id", "", name).base36(10)
    }

    /// A service token of Vault: `hvs.` and 24 characters.
    pub fn vault_token(&self, name: &str) -> String {
        format!("hvs.{}", self.draw("vault-token", "", name).base62(24))
    }

    /// A lease id of Vault: the path, `/` and 24 characters.
    pub fn lease_id(&self, path: &str) -> String {
        format!("{path}/{}", self.draw("lease-id", "", path).base62(24))
    }

    /// An X-Ray trace id, `1-<8 hex of the epoch seconds>-<24 hex>`.
    pub fn trace_id(&self, epoch_seconds: i64, name: &str) -> String {
        // The id holds 32 bits of seconds by definition of the format.
        let seconds = u32::try_from(epoch_seconds).unwrap_or(u32::MAX);
        format!(
            "1-{seconds:08x}-{}",
            self.draw("trace-id", "", name).hex(24)
        )
    }
}

/// Which count a label has (FNV-1a).
fn count_of(label: &str) -> u32 {
    let hash = label.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> COUNTS_BITS)) & ((1 << COUNTS_BITS) - 1)
}

/// The random-looking bytes of one draw, to be spelled in the alphabet that the id needs.
///
/// Every spelling reads the same bytes: draw twice for two ids.
#[derive(Clone)]
pub struct Draw {
    label: String,
}

impl Draw {
    /// The draw of a full label; equal labels give equal draws.
    pub fn of(label: &str) -> Self {
        Self {
            label: label.to_owned(),
        }
    }

    /// `count` bytes.
    pub fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + digest::SHA256_OUTPUT_LEN);
        let mut block = 0u32;
        while bytes.len() < count {
            let mut context = digest::Context::new(&digest::SHA256);
            context.update(&block.to_be_bytes());
            context.update(self.label.as_bytes());
            bytes.extend_from_slice(context.finish().as_ref());
            block += 1;
        }
        bytes.truncate(count);
        bytes
    }

    /// A number of 64 bits.
    pub fn number(&self) -> u64 {
        self.bytes(8)
            .iter()
            .fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// `count` lower-case hexadecimal digits.
    pub fn hex(&self, count: usize) -> String {
        self.spell(count, b"0123456789abcdef")
    }

    /// `count` decimal digits.
    pub fn digits(&self, count: usize) -> String {
        self.spell(count, b"0123456789")
    }

    /// `count` of `A-Z2-7`, the alphabet of AWS's key and principal ids.
    pub fn base32(&self, count: usize) -> String {
        self.spell(count, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    }

    /// `count` of `a-z0-9`.
    pub fn base36(&self, count: usize) -> String {
        self.spell(count, b"abcdefghijklmnopqrstuvwxyz0123456789")
    }

    /// `count` of `A-Za-z0-9`.
    pub fn base62(&self, count: usize) -> String {
        self.spell(
            count,
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        )
    }

    /// A UUID of version 4 (RFC 9562, section 5.4), lower case.
    pub fn uuid(&self) -> String {
        let mut bytes = self.bytes(16);
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    fn spell(&self, count: usize, alphabet: &[u8]) -> String {
        // The bias of the remainder is of no interest: these ids are no keys.
        let size = alphabet.len();
        self.bytes(count)
            .iter()
            .map(|byte| char::from(alphabet[usize::from(*byte) % size]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_seed_and_name_and_count_but_not_on_other_draws() {
        let one = Ids::new(7);
        let first = one.role_id("111111111111", "looker");
        let second = one.role_id("111111111111", "looker");
        assert_ne!(first, second, "a name that is made again is another thing");

        let two = Ids::new(7);
        two.role_id("111111111111", "other");
        assert_eq!(two.role_id("111111111111", "looker"), first);
        assert_ne!(Ids::new(8).role_id("111111111111", "looker"), first);

        one.reset();
        assert_eq!(one.role_id("111111111111", "looker"), first);
    }

    #[test]
    fn ids_have_their_real_shapes() {
        let ids = Ids::new(1);
        let shape = |text: &str, prefix: &str, length: usize| {
            assert!(text.starts_with(prefix) && text.len() == length, "{text}");
        };
        shape(&ids.access_key_id("a", "x"), "AKIA", 20);
        shape(&ids.session_key_id("a", "x"), "ASIA", 20);
        shape(&ids.role_id("a", "x"), "AROA", 21);
        shape(&ids.user_id("a", "x"), "AIDA", 21);
        shape(&ids.secret_access_key("a", "x"), "", 40);
        shape(&ids.api_id("x"), "", 10);
        shape(&ids.vault_token("x"), "hvs.", 28);
        shape(&ids.lease_id("auth/aws/login"), "auth/aws/login/", 39);
        shape(&ids.trace_id(0x6000_0000, "x"), "1-60000000-", 35);
        let uuid = ids.request_id("aws", "x");
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
    }
}
