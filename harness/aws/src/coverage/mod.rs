//! What of each service is there, and how it was tried.
//!
//! Every operation is performed in a fresh lab from a sample of `coverage/<service>.json`, without a
//! wire: once by a user who may do everything, which shows the permissions that the call asks for;
//! once by a user with exactly these, who must succeed; and once for each of them by a user who lacks
//! it, who must be refused. What comes out stands in `coverage/<service>.txt`, a line for each
//! operation: `cargo ci coverage` writes it anew, and the tests here fail when a line of it is true no
//! more, so that nothing gets lost unseen.
//!
//! - [`sample`]: the samples, and how their texts are filled in.
//! - [`bench`]: one lab, one caller, one call.
//! - [`field`]: which members the handlers' types read.
//! - [`listing`]: the line of an operation, and the file of a service.

mod sample;

mod bench;

pub(crate) mod field;

mod listing;

use bench::Bench;
use listing::Line;
use sample::{Operation, Samples};

use crate::operation::{Authorization, Service};

/// What one operation showed; what is wrong with it goes to `faults`.
async fn tried(
    service: &'static Service,
    samples: &Samples,
    sample: &Operation,
    faults: &mut Vec<String>,
) -> Option<Line> {
    let name = format!("{}:{}", service.name, sample.name);
    let Some(row) = service.rows.iter().find(|row| row.name == sample.name) else {
        faults.push(format!("{name} has a sample and no row"));
        return None;
    };
    let first = Bench::prepared(samples, sample).await;
    let first = first.call(&bench::everything()).await;
    if let Err(error) = &first.answer {
        faults.push(format!(
            "{name} fails for a caller who may do everything: {error:?}"
        ));
        return None;
    }
    let wanted = match row.authorization {
        Authorization::Checks(_) => first.permissions,
        Authorization::Always | Authorization::Unsigned => Vec::new(),
    };
    let exact = Bench::prepared(samples, sample).await;
    if let Err(error) = exact.call(&wanted).await.answer {
        faults.push(format!(
            "{name} is refused to a caller with exactly {wanted:?}: {error:?}"
        ));
    }
    for lacking in &wanted {
        let rest: Vec<_> = wanted.iter().filter(|it| *it != lacking).cloned().collect();
        let bench = Bench::prepared(samples, sample).await;
        let without = bench.call(&rest).await;
        let is_refused = without.refused.contains(lacking);
        if !is_refused || (without.answer.is_ok() && !sample.refuses_in_part) {
            faults.push(format!(
                "{name} goes through without {lacking:?} for a caller who has {rest:?}: {:?}",
                without.answer,
            ));
        }
    }
    let unread = bench::unread_members(samples, sample, faults).await;
    Some(Line::new(row, &wanted, &unread))
}

/// Tries every operation of a service that has a sample, and compares with the file.
async fn service_is_covered(name: &str) {
    let services = crate::SERVICES.iter().copied();
    let service = services.into_iter().find(|service| service.name == name);
    let service = service.unwrap_or_else(|| panic!("no service `{name}`"));
    let samples = Samples::read(name);
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for sample in &samples.operations {
        lines.extend(tried(service, &samples, sample, &mut faults).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    listing::compare(service, lines);
}

macro_rules! covered {
    ($($service:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $service() {
            service_is_covered(stringify!($service)).await;
        })*

        #[test]
        fn every_service_is_tried() {
            let tried = [$(stringify!($service)),*];
            let missing: Vec<_> = crate::SERVICES
                .iter()
                .map(|service| service.name)
                .filter(|name| !tried.contains(name))
                .collect();
            assert!(missing.is_empty(), "services without samples: {missing:?}");
        }
    };
}

covered!(
    apigatewayv2,
    cloudwatch,
    iam,
    kms,
    lambda,
    logs,
    oam,
    organizations,
    secretsmanager,
    sts,
);
