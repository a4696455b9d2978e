//! One permission check: whom it concerns, on what, and which layers have a say in it.

use super::decision::Layer;
use super::special;
use crate::compile::ActionKey;
use crate::context::Context;
use crate::pattern::Arn;
use crate::principal::Principal;
use crate::request::{ApiAuthorization, ApiRequest, PolicySet, Request};

/// Room for an action in lower case: on the stack when it is as short as actions are.
pub(crate) struct Space {
    short: [u8; 64],
    long: Vec<u8>,
}

impl Space {
    #[inline]
    pub(crate) fn new() -> Self {
        Self {
            short: [0; 64],
            long: Vec::new(),
        }
    }

    /// ASCII letters only, as in the patterns of documents: names of actions have no others.
    #[inline]
    pub(crate) fn lower_case(&mut self, text: &str) -> &[u8] {
        match self.short.get_mut(..text.len()) {
            Some(space) => {
                write_lower_case(text.as_bytes(), space);
                space
            }
            None => {
                self.long = text.as_bytes().to_ascii_lowercase();
                &self.long
            }
        }
    }
}

/// Word by word from the text: reading back in wider words what was just copied waits for the copy.
#[inline]
fn write_lower_case(text: &[u8], space: &mut [u8]) {
    let (words, _) = text.as_chunks::<8>();
    let (places, _) = space.as_chunks_mut::<8>();
    for (place, word) in places.iter_mut().zip(words) {
        *place = lower_case_word(*word);
    }
    // The end once more as one word, where there is one.
    match (text.last_chunk::<8>(), space.last_chunk_mut::<8>()) {
        (Some(word), Some(place)) => *place = lower_case_word(*word),
        _ => {
            space.copy_from_slice(text);
            space.make_ascii_lowercase();
        }
    }
}

/// Eight letters at once: bit 5 is set in those from `A` to `Z`.
#[inline]
fn lower_case_word(word: [u8; 8]) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(word);
    let seven_bits = word & (0x7f * ONES);
    let from_a = seven_bits + (0x80 - u64::from(b'A')) * ONES;
    let beyond_z = seven_bits + (0x7f - u64::from(b'Z')) * ONES;
    let upper = !word & (from_a ^ beyond_z) & (0x80 * ONES);
    (word | (upper >> 2)).to_le_bytes()
}

/// One of the checks of a request, with what the layers need to know about it.
pub(crate) struct Check<'a> {
    /// As the policies' Principal elements see the caller. Methods without IAM authorization have
    /// an unsigned caller, whoever signed.
    pub(crate) caller: &'a Principal,
    /// As the request spells it.
    pub(crate) action_name: &'a str,
    pub(crate) action: ActionKey<'a>,
    pub(crate) resource: Arn<'a>,
    pub(crate) context: &'a Context,
    pub(crate) policies: &'a PolicySet,
    pub(crate) api: Option<&'a ApiRequest>,
    /// The account that owns the resource.
    owner: Option<&'a str>,
    pub(crate) applies: Applies,
}

/// Which layers take part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Applies {
    pub(crate) identity: bool,
    pub(crate) service_control: bool,
    pub(crate) resource_control: bool,
    pub(crate) resource: bool,
    pub(crate) trust: bool,
    pub(crate) endpoint: bool,
}

impl Applies {
    /// Whether this layer takes part.
    pub(crate) fn layer(self, layer: Layer) -> bool {
        match layer {
            Layer::Identity | Layer::Boundary | Layer::Session => self.identity,
            Layer::Resource => self.resource,
            Layer::Trust => self.trust,
            Layer::ServiceControl => self.service_control,
            Layer::ResourceControl => self.resource_control,
            Layer::Endpoint => self.endpoint,
        }
    }
}

static UNSIGNED: Principal = Principal::Anonymous;

impl<'a> Check<'a> {
    /// The check at `number`: 0 is the request itself, then the additional ones. `lower` is its
    /// action in lower case.
    #[inline]
    pub(crate) fn new(
        request: &'a Request,
        policies: &'a PolicySet,
        number: usize,
        lower: &'a [u8],
    ) -> Self {
        let additional = number
            .checked_sub(1)
            .and_then(|index| request.additional.get(index));
        let (action_name, resource, resource_account, context) = match additional {
            Some(check) => (
                &check.action,
                &check.resource,
                &check.resource_account,
                &check.context,
            ),
            None => (
                &request.action,
                &request.resource,
                &request.resource_account,
                &request.context,
            ),
        };
        let api = request.api.as_ref().filter(|_| additional.is_none());
        let signed = api.is_none_or(|api| api.authorization == ApiAuthorization::Iam);
        let caller = if signed {
            &request.principal
        } else {
            &UNSIGNED
        };
        let home = caller.account();
        let action = ActionKey::new(lower);
        let same_resource = additional.is_none() || *resource == request.resource;
        Self {
            caller,
            action_name,
            resource: Arn::new(resource),
            context,
            policies,
            api,
            owner: owner(caller, resource_account),
            // The rules are looked at only where there are policies for them to speak of.
            applies: Applies {
                identity: home.is_some()
                    || api.is_some_and(|api| api.authorization == ApiAuthorization::Custom),
                service_control: !policies.service_control.is_empty()
                    && special::scps_bind(caller, request),
                resource_control: !policies.resource_control.is_empty()
                    && same_owner(caller, resource_account, &request.resource_account)
                    && special::rcps_bind(caller, request, action.lower),
                resource: same_resource,
                trust: same_resource && special::is_role_action(action.lower, resource),
                // An endpoint belongs to one service: calls that this service makes on the way
                // do not pass it.
                endpoint: policies.endpoint.is_some() && same_service(action_name, &request.action),
            },
            action,
        }
    }

    /// Whether caller and resource belong to one account. Compared when it is asked for: a Deny is
    /// found without.
    #[inline]
    pub(crate) fn same_account(&self) -> bool {
        let home = self.caller.account();
        home.is_some() && self.owner == home
    }
}

/// The account that owns a resource: the caller's where nothing else is said.
#[inline]
fn owner<'a>(caller: &'a Principal, account: &'a Option<String>) -> Option<&'a str> {
    account.as_deref().or_else(|| caller.account())
}

/// Apart, like the rules: most requests have no policies that it is asked for.
#[inline(never)]
fn same_owner(caller: &Principal, one: &Option<String>, other: &Option<String>) -> bool {
    owner(caller, one) == owner(caller, other)
}

#[inline(never)]
fn same_service(one: &str, other: &str) -> bool {
    one.split(':').next() == other.split(':').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lower_case_of_every_byte_and_length() {
        let all: String = (0..=0x7f_u8).map(char::from).chain("ÄéK".chars()).collect();
        for start in 0..all.len() {
            for end in start..=all.len() {
                if let Some(text) = all.get(start..end) {
                    let expected = text.to_ascii_lowercase();
                    assert_eq!(Space::new().lower_case(text), expected.as_bytes());
                }
            }
        }
    }
}
