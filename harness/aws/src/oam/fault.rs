//! What stood against what where OAM refuses.

use super::error::Error;
use super::state::{LINKS_MAX, sink_scope};
use crate::evidence::Fault;

/// The fault of an error.
pub(super) fn of(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::SinkExists(sink) => Fault::taken("sink", sink),
        Error::NoSuchSink(sink) => Fault::not_there("sink", sink),
        Error::NoSuchLink(link) => Fault::not_there("link", link),
        Error::NoSuchResource(arn) => Fault::not_there("sink or link", arn),
        Error::NoSinkPolicy(sink) => Fault::not_there("sink policy", sink),
        Error::SinkInUse { sink, links } => Fault::InUse {
            what: "sink".to_owned(),
            name: sink.clone(),
            by: format!("{links} links"),
        },
        Error::LinkExists(sink) => Fault::taken("link", sink),
        Error::OwnSink(sink) => {
            let account = sink_scope(sink).ok()?.account;
            Fault::OtherAccount {
                what: sink.clone(),
                account: account.to_string(),
                wants: "another account than the source's".to_owned(),
            }
        }
        Error::OtherRegion { sink, region } => Fault::OtherRegion {
            what: sink.clone(),
            region: sink_scope(sink).ok()?.region.to_string(),
            here: region.clone(),
        },
        Error::TooManyLinks(count) => {
            Fault::quota("links of a source account", LINKS_MAX, Some(count + 1))
        }
        Error::Policy(problem) => Fault::Document {
            what: "the sink policy".to_owned(),
            problem: problem.clone(),
        },
        Error::Filter {
            configuration,
            problem,
        } => Fault::value(
            format!("LinkConfiguration.{configuration}.Filter"),
            None,
            format!("a filter that can be read: {problem}"),
        ),
        Error::FilterWithoutType {
            configuration,
            needs,
        } => Fault::value(
            "ResourceTypes",
            None,
            format!("a list with `{needs}`, which `{configuration}` filters"),
        ),
        Error::Parameter(_) => return None,
        Error::TooManyTags(count) => Fault::quota("tags of a resource", 50, Some(*count)),
    })
}
