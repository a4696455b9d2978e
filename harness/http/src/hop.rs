//! A component's call: how the lab's client marks it, and how the lab's servers know it again.
//!
//! The mark is a secret of the lab that stands in one header beside the number of the causing event
//! and what the call is for. Without it the header counts for nothing: a stranger can neither hang
//! a request on somebody else's event nor pass for a component.

use authlab_kernel::outbound::CAUSE_HEADER;
use authlab_kernel::{Destination, Journal, Secret, Sequence};
use http::{HeaderMap, HeaderValue};

/// What a server of the lab knows of a call that a component made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The event of the hop; 0 when the journal no longer has it, because the lab was reset meanwhile.
    pub cause: Sequence,
    /// What the call is for.
    pub destination: Destination,
    /// The host of the URL that was called, in lower case and without port: the name under which
    /// the component knows the service, whatever `Host` the call carries.
    pub endpoint: String,
}

/// The lab's mark, shared by its client and its servers.
#[derive(Clone)]
pub struct HopMark {
    secret: Secret,
    journal: Journal,
}

impl HopMark {
    /// A mark with this secret, which stands in no journal and no answer. Causes count when they
    /// are events of `journal`.
    pub fn new(secret: Secret, journal: Journal) -> Self {
        Self { secret, journal }
    }

    /// The header of a hop; none when the host cannot stand in one.
    pub(crate) fn write(&self, hop: &Hop) -> Option<HeaderValue> {
        let text = format!(
            "{} {} {} {}",
            self.secret.expose_secret(),
            hop.cause,
            hop.destination.as_str(),
            hop.endpoint
        );
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Reads the hop of a request: exactly one header, with the lab's secret. What has it is a
    /// component's call, also when its event is gone: it never counts as a stranger's.
    fn read(&self, headers: &HeaderMap) -> Option<Hop> {
        let mut values = headers.get_all(CAUSE_HEADER).iter();
        let (value, None) = (values.next()?.to_str().ok()?, values.next()) else {
            return None;
        };
        let mut words = value.split(' ');
        let secret = words.next()?;
        let cause = words.next()?.parse().ok()?;
        let is_recorded = cause <= self.journal.last();
        let hop = Hop {
            cause: if is_recorded { cause } else { 0 },
            destination: Destination::read(words.next()?)?,
            endpoint: words.next()?.to_owned(),
        };
        let is_ours = words.next().is_none() && self.secret.matches(secret);
        is_ours.then_some(hop)
    }
}

/// Takes the header off a request, and gives the hop that it proves.
pub(crate) fn take(mark: Option<&HopMark>, headers: &mut HeaderMap) -> Option<Hop> {
    let hop = mark.and_then(|mark| mark.read(headers));
    headers.remove(CAUSE_HEADER);
    hop
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{AwsService, Clock, Component, EventDraft};

    use super::*;

    #[test]
    fn only_the_labs_own_mark_counts_and_events_that_are_gone_cause_nothing() {
        let clock = Clock::standing("2031-02-03T04:05:06Z".parse().unwrap());
        let journal = Journal::new(clock);
        journal.record(EventDraft::new(Component::Vault, "hop"));
        let mark = HopMark::new(Secret::new("s3cret"), journal);
        let hop = Hop {
            cause: 1,
            destination: Destination::Aws(AwsService::Sts),
            endpoint: "sts.amazonaws.com".to_owned(),
        };
        let written = mark.write(&hop).unwrap();
        assert_eq!(written, "s3cret 1 sts sts.amazonaws.com");
        let cases: [(&[&str], bool); 11] = [
            (&["s3cret 1 sts sts.amazonaws.com"], true),
            (&[], false),
            (&["1"], false),
            (&["wrong 1 sts sts.amazonaws.com"], false),
            (&["S3CRET 1 sts sts.amazonaws.com"], false),
            (&[" 1 sts sts.amazonaws.com"], false),
            (&["s3cret -1 sts sts.amazonaws.com"], false),
            (&["s3cret 1 s3 sts.amazonaws.com"], false),
            (&["s3cret 1 sts"], false),
            (&["s3cret 1 sts sts.amazonaws.com more"], false),
            (
                &[
                    "s3cret 1 sts sts.amazonaws.com",
                    "s3cret 1 sts sts.amazonaws.com",
                ],
                false,
            ),
        ];
        for (sent, counts) in cases {
            let mut headers = HeaderMap::new();
            for value in sent {
                headers.append(CAUSE_HEADER, value.parse().unwrap());
            }
            let found = take(Some(&mark), &mut headers);
            assert_eq!(found, counts.then(|| hop.clone()), "{sent:?}");
            assert!(!headers.contains_key(CAUSE_HEADER), "{sent:?}");
            assert_eq!(take(None, &mut headers), None);
        }
        // After a reset the events of before are gone; a component's call stays one.
        for number in ["2", "18446744073709551615"] {
            let mut headers = HeaderMap::new();
            let sent = format!("s3cret {number} sts sts.amazonaws.com");
            headers.append(CAUSE_HEADER, sent.parse().unwrap());
            let found = take(Some(&mark), &mut headers).unwrap();
            assert_eq!(
                found,
                Hop {
                    cause: 0,
                    ..hop.clone()
                }
            );
        }
    }
}
