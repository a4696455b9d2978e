//! In which part two ARNs, or two texts of segments, differ.

use authlab_policy::matches_pattern;

/// The first part in which a text differs from what a policy has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// What that part is.
    pub(super) part: &'static str,
    /// What stands there in the policy.
    pub(super) wanted: String,
    /// What stands there in the request.
    pub(super) had: String,
}

impl Difference {
    /// ``they differ in the stage: `test` is not `prod` ``.
    pub(super) fn told(&self) -> String {
        let quoted = |text: &str| {
            if text.is_empty() {
                "nothing".to_owned()
            } else {
                format!("`{text}`")
            }
        };
        let (wanted, had) = (quoted(&self.wanted), quoted(&self.had));
        format!("they differ in the {}: {wanted} is not {had}", self.part)
    }
}

/// Where an ARN differs from the nearest of a policy's patterns; none where it is not to be said in a part.
pub(super) fn nearest(patterns: &[String], text: &str) -> Option<Difference> {
    let found = patterns.iter().filter_map(|pattern| of(pattern, text));
    // The farther back they part, the nearer they are.
    found
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, difference)| difference)
}

const FIELDS: [&str; 5] = ["scheme", "partition", "service", "Region", "account"];

fn of(pattern: &str, text: &str) -> Option<(usize, Difference)> {
    let wanted: Vec<&str> = pattern.splitn(6, ':').collect();
    let had: Vec<&str> = text.splitn(6, ':').collect();
    if wanted.len() < 6 || had.len() < 6 || wanted[0] != "arn" {
        return segments(pattern, text, "", 0);
    }
    for (index, part) in FIELDS.into_iter().enumerate() {
        if !matches_pattern(wanted[index], had[index]) {
            let difference = Difference {
                part,
                wanted: wanted[index].to_owned(),
                had: had[index].to_owned(),
            };
            return Some((index, difference));
        }
    }
    if let Some(difference) = suffix(had[2], wanted[5], had[5]) {
        return Some((FIELDS.len() + 90, difference));
    }
    segments(wanted[5], had[5], had[2], FIELDS.len())
}

/// The six characters that Secrets Manager puts behind a secret's name (user guide, `reference_iam-
/// permissions.html`): a pattern without them covers nothing.
fn suffix(service: &str, wanted: &str, had: &str) -> Option<Difference> {
    let rest = had.strip_prefix(wanted)?.strip_prefix('-')?;
    let is_suffix = rest.len() == 6 && rest.chars().all(|one| one.is_ascii_alphanumeric());
    (service == "secretsmanager" && is_suffix).then(|| Difference {
        part: "six characters that Secrets Manager put behind the name",
        wanted: String::new(),
        had: format!("-{rest}"),
    })
}

fn segments(
    pattern: &str,
    text: &str,
    service: &str,
    before: usize,
) -> Option<(usize, Difference)> {
    if pattern == text {
        return None;
    }
    let between = |text: &str| -> Vec<String> {
        let cut = text.split_inclusive(['/', ':']).map(str::to_owned);
        cut.collect()
    };
    let (wanted, had) = (between(pattern), between(text));
    let same = wanted.iter().zip(&had).take_while(|(wanted, had)| {
        let (wanted, had) = (bare(wanted), bare(had));
        matches_pattern(wanted, had)
    });
    let depth = same.count();
    // A star may stand for several segments: from there on segments do not pair up.
    let has_star = wanted
        .iter()
        .take(depth)
        .any(|segment| bare(segment) == "*");
    let is_plain = !has_star || wanted.len() == had.len();
    let is_last = |list: &[String]| depth + 1 >= list.len();
    let part = part_of(
        service,
        wanted.first().map(|first| bare(first)),
        depth,
        is_last(&wanted) && is_last(&had),
    );
    let rest = |list: &[String]| -> String {
        if wanted.len() == had.len() {
            bare(list.get(depth).map_or("", String::as_str)).to_owned()
        } else {
            list[depth.min(list.len())..].concat()
        }
    };
    is_plain.then(|| {
        let difference = Difference {
            part,
            wanted: rest(&wanted),
            had: rest(&had),
        };
        (before + depth, difference)
    })
}

fn bare(segment: &str) -> &str {
    segment.trim_end_matches(['/', ':'])
}

/// What stands at a place behind the fifth colon (Service Authorization Reference; API Gateway developer
/// guide, `api-gateway-control-access-using-iam-policies-to-invoke-api.html`).
fn part_of(service: &str, kind: Option<&str>, depth: usize, is_last: bool) -> &'static str {
    match (service, depth) {
        ("execute-api", 0) => "API id",
        ("execute-api", 1) => "stage",
        ("execute-api", 2) => "method",
        ("execute-api", _) => "path",
        (_, 0) => "kind of resource",
        ("iam" | "sts", _) if !is_last => "path",
        ("lambda", 2..) if kind == Some("function") => "version or alias",
        _ => "name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_that_differs_is_told() {
        let role = "arn:aws:iam::222222222222:role/service/orders";
        let api = "arn:aws:execute-api:eu-west-1:222222222222:a1b2/prod/GET/orders/1";
        let secret = "arn:aws:secretsmanager:eu-west-1:222222222222:secret:shop/db-AbCdEf";
        let function = "arn:aws:lambda:eu-west-1:222222222222:function:orders:live";
        let rows = [
            (
                "arn:aws:iam::333333333333:role/service/orders",
                role,
                "account",
                "333333333333",
                "222222222222",
            ),
            (
                "arn:aws:iam::222222222222:role/orders",
                role,
                "path",
                "orders",
                "service/orders",
            ),
            (
                "arn:aws:iam::222222222222:role/service/other",
                role,
                "name",
                "other",
                "orders",
            ),
            (
                "arn:aws:iam::222222222222:user/service/orders",
                role,
                "kind of resource",
                "user",
                "role",
            ),
            (
                "arn:aws:execute-api:eu-west-1:222222222222:a1b2/test/GET/orders/*",
                api,
                "stage",
                "test",
                "prod",
            ),
            (
                "arn:aws:execute-api:eu-west-1:222222222222:a1b2/prod/POST/orders/1",
                api,
                "method",
                "POST",
                "GET",
            ),
            (
                "arn:aws:execute-api:eu-west-1:222222222222:c3d4/prod/GET/orders/1",
                api,
                "API id",
                "c3d4",
                "a1b2",
            ),
            (
                "arn:aws:execute-api:us-east-1:222222222222:a1b2/prod/GET/orders/1",
                api,
                "Region",
                "us-east-1",
                "eu-west-1",
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:222222222222:secret:shop/db",
                secret,
                "six characters that Secrets Manager put behind the name",
                "",
                "-AbCdEf",
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:222222222222:secret:shop/mail-??????",
                secret,
                "name",
                "mail-??????",
                "db-AbCdEf",
            ),
            (
                "arn:aws:lambda:eu-west-1:222222222222:function:orders",
                function,
                "version or alias",
                "",
                "live",
            ),
        ];
        for (pattern, arn, part, wanted, had) in rows {
            let found = nearest(&[pattern.to_owned()], arn).unwrap();
            assert_eq!(
                (found.part, found.wanted.as_str(), found.had.as_str()),
                (part, wanted, had),
                "{pattern}"
            );
        }
    }

    #[test]
    fn of_several_the_nearest_is_compared() {
        let patterns =
            ["arn:aws:s3:::other/*", "arn:aws:iam::222222222222:role/a"].map(str::to_owned);
        let found = nearest(&patterns, "arn:aws:iam::222222222222:role/b").unwrap();
        assert_eq!((found.wanted.as_str(), found.had.as_str()), ("a", "b"));
        assert_eq!(nearest(&["x".to_owned()], "x"), None);
    }
}
