//! What of each service is there, and how it was tried.
//!
//! Every operation is performed in a fresh lab from a sample of `coverage/<service>.json`, without a
//! wire: once by a user who may do everything, which shows the permissions that the call asks for;
//! once by a user with exactly these, who must succeed; and once for each of them by a user who lacks
//! it, who must be refused. What comes out stands in `coverage/<service>.txt`, a line for each
//! operation: `cargo ci coverage` writes it anew, and the tests here fail when a line of it is true no
//! more, so that nothing gets lost unseen.
//!
//! Beside what it asks for, a call is held against what it is answered: every member of an input is
//! read, refused, or answered with 501 ([`member`]); every list comes in parts ([`part`]); every
//! bound of the model is kept ([`limit`]).
//!
//! - [`sample`]: the samples, and how their texts are filled in.
//! - [`bench`]: one lab, one caller, one call.
//! - [`field`]: which members the handlers' types read.
//! - [`unread`]: members that nobody has or nobody reads.
//! - [`place`]: the members of an input, and values that they may have.
//! - [`member`], [`part`], [`limit`]: the tables over all operations.
//! - [`action`]: what is asked for, held against what AWS documents of each action.
//! - [`refusal`]: codes and statuses, held against the model.
//! - [`listing`]: the line of an operation, and the file of a service.

mod sample;

mod bench;

pub(crate) mod field;

mod unread;

mod place;

mod member;

mod part;

mod refusal;

mod limit;

mod listing;

mod action;

use authlab_wire::{Location, Models, Routed, Value, WireError, try_encode};
use bench::{Bench, Permission};
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
    if !is_as_stated(sample, &first.answer) {
        faults.push(format!(
            "{name} does not answer as stated to a caller who may do everything: {:?}",
            first.answer
        ));
        return None;
    }
    faults.extend(first.answer.as_ref().ok().and_then(|answer| {
        let fault = unlike_the_model(service, sample, answer)?;
        Some(format!("{name}: {fault}"))
    }));
    let wanted = match row.authorization {
        Authorization::Checks(_) if sample.without.is_none() => first.permissions,
        _ => Vec::new(),
    };
    let exact = Bench::prepared(samples, sample).await;
    let answer = exact.call(&wanted).await.answer;
    if !is_as_stated(sample, &answer) {
        faults.push(format!(
            "{name} is refused to a caller with exactly {wanted:?}: {answer:?}"
        ));
    }
    lacking(samples, sample, &wanted, faults).await;
    if let (Authorization::Always, None) = (&row.authorization, &sample.without) {
        let denied = Bench::prepared(samples, sample).await.call_denied().await;
        if !is_as_stated(sample, &denied.answer) {
            let answer = denied.answer;
            faults.push(format!("{name} can be denied: {answer:?}"));
        }
    }
    let unread = unread::members(samples, sample, faults).await;
    Some(Line::new(row, sample, &wanted, &unread))
}

/// With one permission less the call is refused.
async fn lacking(
    samples: &Samples,
    sample: &Operation,
    wanted: &[Permission],
    faults: &mut Vec<String>,
) {
    let name = format!("{}:{}", samples.service, sample.name);
    for lacking in wanted {
        let rest: Vec<_> = wanted.iter().filter(|it| *it != lacking).cloned().collect();
        let bench = Bench::prepared(samples, sample).await;
        let without = bench.call(&rest).await;
        let is_refused = without.refused.contains(lacking);
        if !is_refused || (is_as_stated(sample, &without.answer) && !sample.refuses_in_part) {
            faults.push(format!(
                "{name} goes through without {lacking:?} for a caller who has {rest:?}: {:?}",
                without.answer,
            ));
        }
    }
    if let Some(preparations) = &sample.without {
        let bench = Bench::after(samples, sample, preparations).await;
        let answer = bench.call(&[]).await.answer;
        if !matches!(&answer, Err(error) if error.code.starts_with("AccessDenied")) {
            faults.push(format!(
                "{name} goes through although nothing grants it: {answer:?}"
            ));
        }
    }
}

/// Whether an answer is a success, or the refusal that the sample states.
fn is_as_stated(sample: &Operation, answer: &Result<Value, WireError>) -> bool {
    match (&sample.answers, answer) {
        (None, answer) => answer.is_ok(),
        (Some(code), Err(error)) => error.code == *code,
        (Some(_), Ok(_)) => false,
    }
}

/// What is not as the model has it in an answer: a member, a type, the status.
fn unlike_the_model(service: &Service, sample: &Operation, answer: &Value) -> Option<String> {
    let model = Models::service(service.name)?;
    let operation = model.operation(&sample.name)?;
    let routed = Routed {
        operation,
        protocol: model.protocol(),
    };
    let response = match try_encode(&routed, "r", answer) {
        Ok(response) => response,
        Err(error) => return Some(error.to_string()),
    };
    let members = operation.output_shape().map(|shape| shape.members());
    let says_status = |member: &authlab_wire::Member| member.location == Location::StatusCode;
    let says_status = members.unwrap_or_default().iter().any(says_status);
    let status = response.status().as_u16();
    (status != operation.status && !says_status)
        .then(|| format!("status {status} instead of {}", operation.status))
}

/// Tries every operation of a service, and compares with the file.
async fn service_is_covered(name: &str) {
    let (service, samples) = (named(name), Samples::read(name));
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for row in service.rows {
        let has_sample = samples.operations.iter().any(|it| it.name == row.name);
        if !has_sample {
            let row = row.name;
            faults.push(format!(
                "{name}:{row} has no sample: add one to coverage/{name}.json"
            ));
        }
    }
    for sample in &samples.operations {
        lines.extend(tried(service, &samples, sample, &mut faults).await);
        for further in place::further(sample).skip(1) {
            drop(tried(service, &samples, further, &mut faults).await);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    listing::compare(service, lines);
}

/// The name of a service's model, which is that of its module where that can be one.
fn model_of(module: &'static str) -> &'static str {
    match module {
        "cognitoidp" => "cognito-idp",
        other => other,
    }
}

fn named(name: &str) -> &'static Service {
    let services = crate::SERVICES.iter().copied();
    let service = services.into_iter().find(|service| service.name == name);
    service.unwrap_or_else(|| panic!("no service `{name}`"))
}

macro_rules! covered {
    ($($service:ident),* $(,)?) => {
        mod permissions {
            $(#[tokio::test]
            async fn $service() {
                super::service_is_covered(super::model_of(stringify!($service))).await;
            })*
        }

        mod members {
            $(#[tokio::test]
            async fn $service() {
                super::member::each_is_read(super::model_of(stringify!($service))).await;
            })*
        }

        mod parts {
            $(#[tokio::test]
            async fn $service() {
                super::part::each_list_comes_in_parts(super::model_of(stringify!($service))).await;
            })*
        }

        mod limits {
            $(#[test]
            fn $service() {
                super::limit::each_is_kept(super::model_of(stringify!($service)));
            })*
        }

        #[test]
        fn every_service_is_tried() {
            let tried = [$(model_of(stringify!($service))),*];
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
    apigateway,
    apigatewayv2,
    cloudwatch,
    cognitoidp,
    iam,
    kms,
    lambda,
    logs,
    oam,
    organizations,
    secretsmanager,
    sts,
);
