//! How somebody signs other than they should: for later calls of that actor, of AWS, of APIs and of
//! Vault's logins alike, until they sign as they should.
//!
//! Header fields that proxies add (`X-Forwarded-Host` and its like), stated in a call, are added after the
//! signature.

use authlab::Secret;
use http::HeaderName;

use crate::{
    World,
    client::Habit,
    error::StepResult,
    given,
    params::{Actor, Drift},
    things::habit::SigningHabit,
};

/// The secret of nobody.
const ANOTHER_SECRET: &str = "aSecretAccessKeyThatNobodyHasInThisLab00";

/// Puts another Region into the scope, and derives the key for it. At a host without a name of AWS, the
/// lab's own address, a signature is good for any Region and calls that Region: see
/// `calls AWS at the host`.
///
/// Example: Given the account workload-a signs for the Region "eu-west-1"
#[given("{actor} signs for the Region {string}")]
async fn signs_for_region(world: &mut World, actor: Actor, region: String) -> StepResult {
    world.change_habit(&actor, |habit| habit.region = Some(region));
    Ok(())
}

/// Puts another service into the scope, and derives the key for it.
///
/// Example: Given the account workload-a signs for the service "sts"
#[given("{actor} signs for the service {string}")]
async fn signs_for_service(world: &mut World, actor: Actor, service: String) -> StepResult {
    world.change_habit(&actor, |habit| habit.service = Some(service));
    Ok(())
}

/// Signs another host than is sent, as behind a proxy or a custom domain that sends a Host of its own.
///
/// Example: Given the session of "looker" signs for the host "reports.corp.example"
#[given("{actor} signs for the host {string}")]
async fn signs_for_host(world: &mut World, actor: Actor, host: String) -> StepResult {
    world.change_habit(&actor, |habit| habit.signed_host = Some(host));
    Ok(())
}

/// Calls AWS under a name of its own, and signs that: it says service and Region.
///
/// Example: Given the account workload-a calls AWS at the host "sts.us-east-1.amazonaws.com"
#[given("{actor} calls AWS at the host {string}")]
async fn calls_at_host(world: &mut World, actor: Actor, host: String) -> StepResult {
    world.change_habit(&actor, |habit| habit.called_host = Some(host));
    Ok(())
}

/// Encodes the path once more when it is signed: `/a%20b` as `/a%2520b`. A path that has nothing to encode
/// stays as it is.
///
/// Example: Given the session of "looker" signs the path encoded once more
#[given("{actor} signs the path encoded once more")]
async fn signs_path_again(world: &mut World, actor: Actor) -> StepResult {
    world.change_habit(&actor, |habit| habit.encodes_path_again = true);
    Ok(())
}

/// Signs a `+` in the query as the blank that forms mean by it, and sends the `+`.
///
/// Example: Given the session of "looker" signs a plus in the query as a blank
#[given("{actor} signs a plus in the query as a blank")]
async fn signs_plus_as_blank(world: &mut World, actor: Actor) -> StepResult {
    world.change_habit(&actor, |habit| habit.signs_plus_as_blank = true);
    Ok(())
}

/// Leaves the session token out, of the signature and of the request.
///
/// Example: Given the session of "looker" signs without its session token
#[given("{actor} signs without its session token")]
async fn signs_without_token(world: &mut World, actor: Actor) -> StepResult {
    world.change_habit(&actor, |habit| habit.leaves_token_out = true);
    Ok(())
}

/// Signs with a secret that nobody has.
///
/// Example: Given the user "ci" signs with another secret
#[given("{actor} signs with another secret")]
async fn signs_with_another_secret(world: &mut World, actor: Actor) -> StepResult {
    world.change_habit(&actor, |habit| {
        habit.secret = Some(Secret::new(ANOTHER_SECRET))
    });
    Ok(())
}

/// Signs with the secret of somebody else, such as that of another access key of a user.
///
/// Example: Given the user "ci" signs with the secret of the credentials "second key"
#[given("{actor} signs with the secret of {actor}")]
async fn signs_with_secret_of(world: &mut World, actor: Actor, other: Actor) -> StepResult {
    let secret = world.credentials(&other)?.secret_access_key;
    world.change_habit(&actor, |habit| habit.secret = Some(secret));
    Ok(())
}

/// Signs a header that is changed on the way, as proxies change `connection`, `accept-encoding`,
/// `x-forwarded-for` and others. Where the call does not state it, the client sends a usual value.
///
/// Example: Given the session of "looker" signs, and "accept-encoding" is changed afterwards
#[given("{actor} signs, and {string} is changed afterwards")]
async fn header_is_changed(world: &mut World, actor: Actor, header: String) -> StepResult {
    let header: HeaderName = header.parse()?;
    world.change_habit(&actor, |habit| habit.changed.push(header));
    Ok(())
}

/// Signs by a clock of its own, which is off.
///
/// Example: Given the session of "looker" signs by a clock that is 600 seconds behind
#[given("{actor} signs by a clock that is {int} second(s) {drift}")]
async fn signs_by_clock(world: &mut World, actor: Actor, seconds: i64, drift: Drift) -> StepResult {
    let seconds = match drift {
        Drift::Ahead => seconds,
        Drift::Behind => -seconds,
    };
    world.change_habit(&actor, |habit| habit.clock_seconds = seconds);
    Ok(())
}

/// Signs as it should from here on, and calls AWS at the lab's own address.
///
/// Example: Given the session of "looker" signs as it should
#[given("{actor} signs as it should")]
async fn signs_as_it_should(world: &mut World, actor: Actor) -> StepResult {
    world.change_habit(&actor, |habit| *habit = Habit::default());
    Ok(())
}

impl World {
    fn change_habit(&mut self, actor: &Actor, change: impl FnOnce(&mut Habit)) {
        let mut habit = self.habit(actor);
        change(&mut habit);
        self.things.set(SigningHabit {
            name: actor.to_string(),
            actor: actor.clone(),
            habit,
        });
    }
}
