//! What more than one kind of part asks for: values of the model, tags, roles.

use authlab_wire::Models;

use crate::apigateway::error::Error;
use crate::apigateway::resource::Texts;

/// The most tags of a resource, and the longest keys and values, in characters (API Gateway developer
/// guide, `apigateway-tagging.html`).
const TAGS_MAX: usize = 50;
const KEY_CHARACTERS_MAX: usize = 128;
const VALUE_CHARACTERS_MAX: usize = 256;
/// What keys begin with that are AWS's own, in whatever case (the same page).
const RESERVED: &str = "aws:";

/// Whether a value is one of those that the model states for a shape: what is patched was not held
/// against the model. (Text unverified.)
///
/// # Errors
/// It is none of them.
pub fn check_enum(member: &'static str, shape: &str, value: Option<&str>) -> Result<(), Error> {
    let Some(value) = value else {
        return Ok(());
    };
    let shape = Models::service("apigateway").and_then(|model| model.shape_named(shape));
    let known = shape.map(|shape| shape.bounds.values.as_slice());
    let known = known.unwrap_or_default();
    if known.iter().any(|own| own == value) {
        return Ok(());
    }
    let problem = format!("`{value}` is none of {}", known.join(", "));
    Err(Error::invalid(member, problem))
}

/// Whether tags can be. (Texts unverified.)
///
/// # Errors
/// They are too many, or a key or a value cannot be.
pub fn check_tags(tags: &Texts) -> Result<(), Error> {
    if tags.len() > TAGS_MAX {
        return Err(Error::Quota {
            of: "tags of the resource",
            limit: TAGS_MAX,
        });
    }
    for (key, value) in tags {
        let length = key.chars().count();
        if !(1..=KEY_CHARACTERS_MAX).contains(&length) {
            let problem = format!("a key has 1 to {KEY_CHARACTERS_MAX} characters, not {length}");
            return Err(Error::invalid("tags", problem));
        }
        let start = key.get(..RESERVED.len()).unwrap_or_default();
        if start.eq_ignore_ascii_case(RESERVED) {
            let problem = format!("`{key}` begins with `{RESERVED}`, which is AWS's own");
            return Err(Error::invalid("tags", problem));
        }
        let length = value.chars().count();
        if length > VALUE_CHARACTERS_MAX {
            let problem = format!(
                "the value of `{key}` has {length} characters: give at most {VALUE_CHARACTERS_MAX}"
            );
            return Err(Error::invalid("tags", problem));
        }
    }
    Ok(())
}

/// Recorded for the URI of an integration.
pub(super) const NO_ARN: &str = "Invalid ARN specified in the request";

/// Whether credentials are the ARN of a role, `arn:aws:iam::*:user/*` for those of the caller, or an ARN
/// with a stage variable in it.
///
/// # Errors
/// They are none. (The text is recorded for another member.)
pub fn check_role(arn: Option<&str>) -> Result<(), Error> {
    let Some(arn) = arn else {
        return Ok(());
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_one = match parts.as_slice() {
        ["arn", partition, "iam", "", account, name] => {
            let is_account =
                account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            let is_role = name.strip_prefix("role/").is_some_and(|it| !it.is_empty());
            let of_caller = *account == "*" && *name == "user/*";
            !partition.is_empty() && ((is_account && is_role) || of_caller)
        }
        _ => false,
    };
    if is_one || (arn.starts_with("arn:") && arn.contains("${stageVariables.")) {
        return Ok(());
    }
    Err(Error::stated(NO_ARN))
}
