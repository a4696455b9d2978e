//! Which service and Region the name of an AWS endpoint stands for.
//!
//! The forms are those of the endpoint rules of botocore 1.44.8: `sts.amazonaws.com`,
//! `sts.eu-west-1.amazonaws.com`, with `-fips`, the dual-stack names below `api.aws`, those of the
//! Chinese partition, and of VPC endpoints. Below `.localhost` the same labels count, for clients
//! that cannot be given another name.

/// The ends of names of AWS; the labels before them name service and Region.
const ENDS: [&str; 5] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".api.amazonwebservices.com.cn",
    ".localhost",
];

/// Services whose name without a Region is that of one endpoint, in us-east-1: signatures for it are
/// scoped to that Region.
const GLOBAL: [&str; 3] = ["iam", "organizations", "sts"];

/// A name of AWS, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsHost {
    /// The endpoint's prefix, without `-fips`: `sts`, `monitoring`, `execute-api`.
    pub service: String,
    /// The Region, where the name stands for one.
    pub region: Option<String>,
    /// Whether it is AWS's own name, and not one below `.localhost`.
    pub is_aws: bool,
}

impl AwsHost {
    /// Reads a host, with or without a port; `None` for a name that is none of AWS.
    pub fn read(host: &str) -> Option<Self> {
        let name = host.split(':').next()?.to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        let (labels, end) = ENDS
            .iter()
            .find_map(|end| Some((name.strip_suffix(end)?, *end)))?;
        let labels: Vec<&str> = labels.split('.').collect();
        if labels.iter().any(|label| label.is_empty()) {
            return None;
        }
        let region = labels.iter().position(|label| is_region(label));
        let service = match region {
            // `eu-west-1.queue.amazonaws.com`: an old form.
            Some(0) => labels.get(1)?,
            Some(index) => labels.get(index - 1)?,
            None => labels.first()?,
        };
        let service = service.strip_suffix("-fips").unwrap_or(service);
        let is_global = region.is_none()
            && GLOBAL.contains(&service)
            && matches!(labels.as_slice(), [_] | [_, "global"]);
        let region = region.and_then(|index| labels.get(index)).copied();
        Some(Self {
            service: service.to_owned(),
            region: region
                .or(is_global.then_some("us-east-1"))
                .map(str::to_owned),
            is_aws: end != ".localhost",
        })
    }
}

/// Whether a host is a name of STS or of IAM: what the lab's own components call.
pub fn is_identity_service(host: &str) -> bool {
    AwsHost::read(host)
        .is_some_and(|host| host.is_aws && matches!(host.service.as_str(), "iam" | "sts"))
}

/// `eu-central-1`, `us-gov-west-1`: words and a number.
fn is_region(label: &str) -> bool {
    let words: Vec<&str> = label.split('-').collect();
    let [first, middle @ .., last] = words.as_slice() else {
        return false;
    };
    let is_word =
        |word: &&str| !word.is_empty() && word.bytes().all(|one| one.is_ascii_lowercase());
    is_word(first)
        && first.len() == 2
        && !middle.is_empty()
        && middle.iter().all(is_word)
        && (1..=2).contains(&last.len())
        && last.bytes().all(|one| one.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_aws_says_service_and_region() {
        let cases = [
            ("sts.amazonaws.com", Some("sts us-east-1")),
            ("STS.amazonaws.com:443", Some("sts us-east-1")),
            ("sts.amazonaws.com.", Some("sts us-east-1")),
            ("sts.eu-west-1.amazonaws.com", Some("sts eu-west-1")),
            ("sts-fips.us-west-2.amazonaws.com", Some("sts us-west-2")),
            ("sts.eu-west-1.api.aws", Some("sts eu-west-1")),
            ("sts-fips.us-east-2.api.aws", Some("sts us-east-2")),
            ("sts.us-gov-west-1.amazonaws.com", Some("sts us-gov-west-1")),
            ("sts.cn-north-1.amazonaws.com.cn", Some("sts cn-north-1")),
            (
                "sts.cn-north-1.api.amazonwebservices.com.cn",
                Some("sts cn-north-1"),
            ),
            (
                "vpce-0a.sts.eu-west-1.vpce.amazonaws.com",
                Some("sts eu-west-1"),
            ),
            ("iam.amazonaws.com", Some("iam us-east-1")),
            ("iam.global.api.aws", Some("iam us-east-1")),
            ("iam.us-gov.amazonaws.com", Some("iam -")),
            (
                "monitoring.eu-west-1.amazonaws.com",
                Some("monitoring eu-west-1"),
            ),
            ("eu-west-1.queue.amazonaws.com", Some("queue eu-west-1")),
            ("s3.amazonaws.com", Some("s3 -")),
            ("sts.eu-west-1.localhost:4566", Some("sts eu-west-1")),
            ("lab.localhost", Some("lab -")),
            ("sts.nowhere.amazonaws.com", Some("sts -")),
            ("127.0.0.1:4566", None),
            ("localhost:4566", None),
            ("[::1]:4566", None),
            (".amazonaws.com", None),
            ("sts..amazonaws.com", None),
            ("sts.amazonaws.com.evil.example", None),
            ("sts.evil-amazonaws.com", None),
            ("", None),
        ];
        for (host, expected) in cases {
            let found = AwsHost::read(host).map(|found| {
                let region = found.region.unwrap_or_else(|| "-".to_owned());
                format!("{} {region}", found.service)
            });
            assert_eq!(found.as_deref(), expected, "{host}");
        }
    }

    #[test]
    fn the_identity_services_are_known_by_each_of_their_names() {
        for (host, expected) in [
            ("sts.ap-southeast-2.amazonaws.com", true),
            ("sts.eu-west-1.api.aws", true),
            ("iam.amazonaws.com", true),
            ("s3.eu-west-1.amazonaws.com", false),
            ("sts.eu-west-1.localhost", false),
            ("abc.execute-api.us-east-1.amazonaws.com", false),
            ("sts.execute-api.us-east-1.amazonaws.com", false),
            ("sts.amazonaws.com.evil.example", false),
        ] {
            assert_eq!(is_identity_service(host), expected, "{host}");
        }
    }
}
