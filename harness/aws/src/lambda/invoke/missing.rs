//! What is there in place of a function that an invocation names and that is not there.

use authlab_kernel::Scope;
use authlab_kernel::near::nearest;

use super::super::error::Error;
use super::super::function::LATEST;
use super::super::name::FunctionName;
use super::super::version::Published;
use super::{Invocation, InvokeError};
use crate::cloud::Cloud;
use crate::evidence::MissingFunction;

/// How many functions are told.
const SHOWN_MAX: usize = 5;

/// What is known, where an invocation failed because its function is not there.
pub(super) fn of(
    cloud: &Cloud,
    invocation: &Invocation,
    error: &InvokeError,
) -> Option<Box<MissingFunction>> {
    let own = &invocation.scope;
    let (scope, called_in) = match error {
        InvokeError::Function(Error::NoSuchFunction(_)) => (own.clone(), None),
        InvokeError::Function(Error::OtherRegion { region, here }) => {
            let region = region.parse().ok()?;
            (Scope::new(own.account.clone(), region), Some(here.clone()))
        }
        _ => return None,
    };
    let qualifier = invocation.qualifier.as_deref();
    let name = FunctionName::read(&invocation.function, qualifier, &scope).ok()?;
    let lambda = &cloud.lambda;
    let known = lambda
        .functions(&name.scope, false)
        .map(|one| one.name.as_str());
    let near = nearest(&name.name, known, SHOWN_MAX);
    let elsewhere = lambda.everywhere().filter(|one| {
        let is_there = one.scope == name.scope && called_in.is_none();
        one.name == name.name && !is_there
    });
    let there = lambda.function(&name.scope, &name.name);
    let published = there.and_then(|there| lambda.published(&there.arn));
    let published = published.into_iter().flat_map(Published::qualifiers);
    let qualifiers = there.map(|_| LATEST.to_owned()).into_iter();
    Some(Box::new(MissingFunction {
        is_there: there.is_some(),
        qualifiers: qualifiers.chain(published).take(SHOWN_MAX).collect(),
        near: near.into_iter().map(str::to_owned).collect(),
        elsewhere: elsewhere
            .map(|one| one.arn.clone())
            .take(SHOWN_MAX)
            .collect(),
        account: name.scope.account.to_string(),
        region: name.scope.region.to_string(),
        name: name.name,
        qualifier: name.qualifier,
        called_in,
    }))
}
