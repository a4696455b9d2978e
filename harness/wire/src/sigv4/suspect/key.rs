//! Keys that a signer may have signed with instead.

use authlab_kernel::SignedDuration;
use percent_encoding::utf8_percent_encode;

use super::{Bench, Fit, Known, Suspect};
use crate::sigv4::canonical::{UNRESERVED, signing_key};
use crate::sigv4::evidence::CredentialScope;
use crate::sigv4::parse::Signed;

/// The Regions that signers fall back on, and those that are used most.
const REGIONS: [&str; 5] = [
    "us-east-1",
    "eu-west-1",
    "eu-central-1",
    "us-west-2",
    "us-east-2",
];
/// The signing names that are taken for one another.
const SERVICES: [&str; 6] = [
    "execute-api",
    "apigateway",
    "lambda",
    "sts",
    "iam",
    "secretsmanager",
];
/// How many other access keys are tried.
const OTHERS_MAX: usize = 8;

/// The secret, or the scope of the key, that gives the signature.
pub(super) fn find(
    signed: &Signed,
    known: &Known<'_>,
    text: &str,
    bench: &mut Bench<'_>,
) -> Option<Fit> {
    for (name, secret) in known.others.iter().take(OTHERS_MAX) {
        let key = signing_key(secret.expose_secret(), &signed.scope);
        if bench.fits_with(&key, &signed.scope, text) {
            return Some(Fit::of(Suspect::SecretOfOtherKey).about(name));
        }
    }
    for (suspect, secret) in mistaken(signed, known.secret.expose_secret()) {
        let key = signing_key(&secret, &signed.scope);
        if bench.fits_with(&key, &signed.scope, text) {
            return Some(Fit::of(suspect));
        }
    }
    for (suspect, scope) in scopes(signed, known) {
        let key = signing_key(known.secret.expose_secret(), &scope);
        let fit = || {
            let (one, other) = match suspect {
                Suspect::KeyRegion => (&scope.region, &signed.scope.region),
                Suspect::KeyService => (&scope.service, &signed.scope.service),
                _ => (&scope.date, &signed.scope.date),
            };
            Fit::of(suspect).showing(one, other)
        };
        // The key alone was made for it, or all of the signature and the header was changed.
        for named in [&signed.scope, &scope] {
            if bench.fits_with(&key, named, text) {
                return Some(fit());
            }
        }
    }
    None
}

/// What stands in place of a secret where it was read from a file or a variable.
fn mistaken(signed: &Signed, secret: &str) -> Vec<(Suspect, String)> {
    let mut found = vec![
        (Suspect::SecretWrapped, format!("{secret}\n")),
        (Suspect::SecretWrapped, format!("{secret}\r\n")),
        (Suspect::SecretWrapped, format!("{secret}\r")),
        (Suspect::SecretWrapped, format!("{secret} ")),
        (Suspect::SecretWrapped, format!(" {secret}")),
        (Suspect::SecretWrapped, format!("\"{secret}\"")),
        (Suspect::SecretWrapped, format!("'{secret}'")),
        (Suspect::SecretMistaken, signed.access_key.clone()),
        (Suspect::SecretMistaken, String::new()),
    ];
    let encoded = utf8_percent_encode(secret, &UNRESERVED).to_string();
    if encoded != secret {
        found.push((Suspect::SecretEncoded, encoded));
    }
    if let Some(token) = &signed.session_token {
        found.push((Suspect::SecretMistaken, token.clone()));
    }
    found
}

/// The scopes that a key may have been made for instead.
fn scopes(signed: &Signed, known: &Known<'_>) -> Vec<(Suspect, CredentialScope)> {
    let scope = &signed.scope;
    let days = [-24, 24].into_iter().filter_map(|hours| {
        let then = signed.date.checked_add(SignedDuration::from_hours(hours));
        Some(then.ok()?.strftime("%Y%m%d").to_string())
    });
    let days = days.map(|date| {
        let other = CredentialScope {
            date,
            ..scope.clone()
        };
        (Suspect::KeyDate, other)
    });
    let regions = known.region.into_iter().chain(REGIONS);
    let regions = regions.filter(|region| *region != scope.region);
    let regions = regions.map(|region| {
        let other = CredentialScope {
            region: region.to_owned(),
            ..scope.clone()
        };
        (Suspect::KeyRegion, other)
    });
    let services = [known.service].into_iter().chain(SERVICES);
    let services = services.filter(|service| *service != scope.service);
    let services = services.map(|service| {
        let other = CredentialScope {
            service: service.to_owned(),
            ..scope.clone()
        };
        (Suspect::KeyService, other)
    });
    days.chain(regions).chain(services).collect()
}
