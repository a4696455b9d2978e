//! Which account of a backend stands for which of the lab.
//!
//! Scenarios that share a backend do not share its accounts: the backend sees numbers of the
//! scenario's own, the callers see the lab's. Account numbers are exchanged where they stand in ARNs,
//! which is between two colons; a body in an encoding of its own would not be understood, and
//! Secrets Manager has none.

use authlab_kernel::AccountId;
use bytes::Bytes;

/// How many digits an account has.
const DIGIT_COUNT: usize = 12;

/// Pairs of a lab's account and the backend's. An account that is in no pair stands for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountMap(Vec<(AccountId, AccountId)>);

impl AccountMap {
    /// A map of these pairs: the lab's account, the backend's.
    pub fn new(pairs: impl IntoIterator<Item = (AccountId, AccountId)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The backend's account for one of the lab.
    pub(super) fn there(&self, account: &AccountId) -> AccountId {
        let pair = self.0.iter().find(|(here, _)| here == account);
        pair.map_or_else(|| account.clone(), |(_, there)| there.clone())
    }

    /// A body with the backend's accounts in its ARNs.
    pub(super) fn body_there(&self, body: &Bytes) -> Bytes {
        self.exchanged(body, |(here, there)| (here, there))
    }

    /// A body of the backend with the lab's accounts in its ARNs.
    pub(super) fn body_here(&self, body: &Bytes) -> Bytes {
        self.exchanged(body, |(here, there)| (there, here))
    }

    fn exchanged<'m>(
        &'m self,
        body: &Bytes,
        direction: impl Fn(&'m (AccountId, AccountId)) -> (&'m AccountId, &'m AccountId),
    ) -> Bytes {
        if self.0.is_empty() {
            return body.clone();
        }
        let mut exchanged = body.to_vec();
        let mut position = 0;
        while let Some(place) = exchanged.get_mut(position..position + DIGIT_COUNT + 2) {
            let (first, rest) = place.split_at_mut(1);
            let (digits, last) = rest.split_at_mut(DIGIT_COUNT);
            let pair = self.0.iter().map(&direction).find(|(from, _)| {
                first == b":" && last == b":" && digits == from.as_str().as_bytes()
            });
            if let Some((_, to)) = pair {
                digits.copy_from_slice(to.as_str().as_bytes());
            }
            position += 1;
        }
        Bytes::from(exchanged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_change_in_arns_only_and_come_back() {
        let account = |text: &str| text.parse::<AccountId>().unwrap();
        let map = AccountMap::new([
            (account("222222222222"), account("900000001001")),
            (account("333333333333"), account("900000001002")),
        ]);
        let body = Bytes::from_static(
            br#"{"SecretId":"arn:aws:secretsmanager:us-east-1:222222222222:secret:db-a1B2c3","Text":"222222222222 arn:aws:iam::333333333333:root :444444444444:"}"#,
        );
        let there = map.body_there(&body);
        assert_eq!(
            there,
            &br#"{"SecretId":"arn:aws:secretsmanager:us-east-1:900000001001:secret:db-a1B2c3","Text":"222222222222 arn:aws:iam::900000001002:root :444444444444:"}"#[..]
        );
        assert_eq!(map.body_here(&there), body);
        assert_eq!(map.there(&account("222222222222")).as_str(), "900000001001");
        assert_eq!(map.there(&account("444444444444")).as_str(), "444444444444");
        assert_eq!(AccountMap::default().body_there(&body), body);
    }
}
