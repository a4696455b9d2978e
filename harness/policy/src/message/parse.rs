//! Reading the texts back.
//!
//! The grammar is open at one place: a resource may have blanks in it, and words of the texts. So the
//! head is read from the front, what follows the resource from the back, and an implicit deny has to
//! repeat the action. A kind of policy that the table does not have is no layer.

use super::{Authorization, Denied, Head, WORDINGS, words};
use crate::decide::{Layer, Outcome};

/// Longer texts are not read, in bytes: resources have some 2,000 at most, and encoded messages some
/// 10,000.
pub const TEXT_BYTES_MAX: usize = 64 * 1_024;

/// The longest kind of policy that is taken for one, in bytes.
const KIND_BYTES_MAX: usize = 80;

/// What an access-denied text says; `None` when it is none of those that [`Denied`] prints, or longer
/// than [`TEXT_BYTES_MAX`]. Reading takes time in proportion to the length.
///
/// ```
/// use authlab_policy::message::parse;
/// use authlab_policy::{Layer, Outcome};
///
/// let denied = parse(
///     "User: arn:aws:iam::111111111111:user/ana is not authorized to perform: oam:CreateSink \
///      because no permissions boundary allows the oam:CreateSink action",
/// );
/// let denied = denied.ok_or("no access-denied text")?;
/// assert_eq!(denied.layer, Some(Layer::Boundary));
/// assert_eq!(denied.effect, Some(Outcome::ImplicitDeny));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<Denied> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    let text = text.trim();
    let text = text.strip_prefix(words::OPERATION).unwrap_or(text);
    let (text, encoded) = without_encoded(text);
    let (mut denied, rest) = head(text)?;
    denied.encoded = encoded.map(str::to_owned);
    let on_resource = match denied.head {
        Head::Caller => rest.strip_prefix(words::ON_RESOURCE),
        Head::Authorizer | Head::Token => None,
    };
    let left = tail(on_resource.unwrap_or(rest), &mut denied);
    match on_resource {
        Some(_) if left.is_empty() => return None,
        Some(_) => denied.resource = Some(left.to_owned()),
        // Nothing stands between the head and what follows it.
        None if left.is_empty() => {}
        None => return None,
    }
    Some(denied)
}

/// The text without the encoded message at its end, and that message.
fn without_encoded(text: &str) -> (&str, Option<&str>) {
    let found = text.rfind(words::ENCODED).and_then(|at| {
        let (before, encoded) = text.split_at(at);
        let encoded = encoded.strip_prefix(words::ENCODED)?;
        is_word(encoded).then_some((before, encoded))
    });
    match found {
        Some((before, encoded)) => {
            let before = before.strip_suffix('.').unwrap_or(before).trim_end();
            (before, Some(encoded))
        }
        None => (text, None),
    }
}

/// The sentence that the text begins with, and what follows it.
fn head(text: &str) -> Option<(Denied, &str)> {
    if let Some(rest) = text.strip_prefix(words::AUTHORIZER) {
        return Some((Denied::new(Head::Authorizer), rest));
    }
    if let Some(rest) = text.strip_prefix(words::TOKEN) {
        let (action, rest) = action(rest)?;
        let denied = Denied {
            action: Some(action.to_owned()),
            ..Denied::new(Head::Token)
        };
        return Some((denied, rest));
    }
    let (principal, rest) = text.strip_prefix(words::USER)?.split_once(words::PERFORM)?;
    let (action, rest) = action(rest)?;
    let denied = Denied {
        principal: Some(principal.to_owned()),
        action: Some(action.to_owned()),
        ..Denied::new(Head::Caller)
    };
    is_word(principal).then_some((denied, rest))
}

/// `service:Operation`, and what follows it.
fn action(text: &str) -> Option<(&str, &str)> {
    let end = text.find(' ').unwrap_or(text.len());
    let (action, rest) = text.split_at(end);
    is_action(action).then_some((action, rest))
}

fn is_action(text: &str) -> bool {
    let named = |part: &str| {
        let mut bytes = part.bytes();
        !part.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-*_".contains(&byte))
    };
    text.split_once(':')
        .is_some_and(|(service, name)| named(service) && named(name))
}

/// Something without blanks or control characters.
fn is_word(text: &str) -> bool {
    let mut characters = text.chars();
    !text.is_empty() && characters.all(|it| !it.is_whitespace() && !it.is_control())
}

/// Reads what follows the resource, from the back, and gives what stands before it.
fn tail<'t>(text: &'t str, denied: &mut Denied) -> &'t str {
    if let Some(before) = text.strip_suffix(words::UNCLEAR) {
        return before;
    }
    let (before, authorization) = without_authorization(text);
    // The reason begins with one of two words, neither of which occurs in it again.
    let reason = [words::NO, words::EXPLICIT]
        .into_iter()
        .filter_map(|word| Some((before.rfind(word)?, word)))
        .max_by_key(|(at, _)| *at)
        .and_then(|(at, word)| {
            let (before, reason) = before.split_at(at);
            let reason = reason.strip_prefix(word)?;
            let read = if word == words::NO {
                implicit(reason, denied)?
            } else {
                explicit(reason)?
            };
            Some((before, read))
        });
    match reason {
        Some((left, read)) => {
            denied.effect = Some(read.effect);
            denied.layer = read.layer;
            denied.policy_arn = read.policy_arn.map(str::to_owned);
            if denied.action.is_none() {
                denied.action = read.action.map(str::to_owned);
            }
            denied.authorization = authorization;
            left
        }
        // A text without reason that ends in an id is not known.
        None => text,
    }
}

/// The end that names an authorization id.
fn without_authorization(text: &str) -> (&str, Option<Authorization>) {
    let found = text.rfind(words::GO_TO).and_then(|at| {
        let (before, end) = text.split_at(at);
        let (region, end) = end.strip_prefix(words::GO_TO)?.split_once(words::CONSOLE)?;
        let (again, end) = end.split_once(words::DETAILS)?;
        let (id, end) = end.split_once(words::CALL)?;
        let is_id = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
        let is_region = |byte: u8| is_id(byte) || byte == b'-';
        let is_well_formed = region == again
            && id == end
            && !region.is_empty()
            && region.bytes().all(is_region)
            && !id.is_empty()
            && id.bytes().all(is_id);
        is_well_formed.then(|| {
            let authorization = Authorization {
                id: id.to_owned(),
                region: region.to_owned(),
            };
            (before, authorization)
        })
    });
    match found {
        Some((before, authorization)) => (before, Some(authorization)),
        None => (text, None),
    }
}

struct Reason<'t> {
    effect: Outcome,
    layer: Option<Layer>,
    action: Option<&'t str>,
    policy_arn: Option<&'t str>,
}

/// `KIND allows the ACTION action`; the ARN of a policy after it is `unverified`.
fn implicit<'t>(reason: &'t str, denied: &Denied) -> Option<Reason<'t>> {
    let (reason, policy_arn) = without_arn(reason);
    let (kind, end) = reason.split_once(words::ALLOWS)?;
    let action = end.strip_suffix(words::ACTION)?;
    let repeats = match &denied.action {
        Some(asked) => asked.eq_ignore_ascii_case(action),
        None => is_action(action),
    };
    (repeats && is_kind(kind)).then(|| Reason {
        effect: Outcome::ImplicitDeny,
        layer: WORDINGS
            .iter()
            .find(|wording| wording.kind == kind)
            .map(|wording| wording.layer),
        action: Some(action),
        policy_arn,
    })
}

/// ` in ARTICLE KIND`, or nothing.
fn explicit(reason: &str) -> Option<Reason<'_>> {
    let (reason, policy_arn) = without_arn(reason);
    let denied_by = |layer| Reason {
        effect: Outcome::ExplicitDeny,
        layer,
        action: None,
        policy_arn,
    };
    if reason.is_empty() {
        return policy_arn.is_none().then(|| denied_by(None));
    }
    let (article, kind) = reason.strip_prefix(words::IN)?.split_once(' ')?;
    let known = WORDINGS.iter().find(|wording| wording.kind == kind);
    let is_article = ["a", "an", "the"].contains(&article);
    (is_article && is_kind(kind)).then(|| denied_by(known.map(|wording| wording.layer)))
}

/// `: ARN` at the end.
fn without_arn(reason: &str) -> (&str, Option<&str>) {
    match reason.rsplit_once(": ") {
        Some((before, arn)) if arn.starts_with("arn:") && is_word(arn) => (before, Some(arn)),
        _ => (reason, None),
    }
}

/// Words that can be a kind of policy.
fn is_kind(kind: &str) -> bool {
    let mut bytes = kind.bytes();
    !kind.is_empty()
        && kind.len() <= KIND_BYTES_MAX
        && bytes.all(|byte| byte.is_ascii_alphabetic() || b" -".contains(&byte))
}
