//! Who signs the requests of a row.

use authlab::{Credentials, Secret};
use serde_json::{Value as Json, json};

use super::bench::{ACCOUNT, Bench};

/// What a row says of its caller.
#[derive(Debug, PartialEq, Eq)]
struct Stated {
    account: String,
    user: String,
    /// `Allow`, `Deny`, or nothing.
    effect: Option<&'static str>,
    /// Whether it signs with a session of a role that has expired.
    is_expired: bool,
}

fn stated(caller: Option<&Json>) -> Result<Stated, String> {
    let user = |account: &str, user: &str, effect| {
        Ok(Stated {
            account: account.to_owned(),
            user: user.to_owned(),
            effect,
            is_expired: false,
        })
    };
    let text = match caller {
        None => return user(ACCOUNT, "alice", Some("Allow")),
        Some(Json::String(text)) => text,
        Some(caller) => {
            let member = |name: &str| caller.get(name).and_then(Json::as_str).unwrap_or_default();
            let effect = match member("identityPolicy") {
                "Allow" => Some("Allow"),
                "Deny" => Some("Deny"),
                "silent" => None,
                other => return Err(format!("nobody knows the identity policy `{other}`")),
            };
            return user(member("account"), "alice", effect);
        }
    };
    if text == "expired role session" {
        return Ok(Stated {
            account: ACCOUNT.to_owned(),
            user: "alice".to_owned(),
            effect: Some("Allow"),
            is_expired: true,
        });
    }
    let words: Vec<&str> = text.split(' ').collect();
    let digits = |word: &&&str| word.len() == 12 && word.bytes().all(|it| it.is_ascii_digit());
    let account = words
        .iter()
        .find(digits)
        .map_or(ACCOUNT, |account| *account);
    let is_without = words.contains(&"without");
    let is_with = words.contains(&"with");
    if is_with == is_without {
        return Err(format!("nobody knows the caller `{text}`"));
    }
    let name = match words.as_slice() {
        ["user", name, "with" | "without", ..] => *name,
        [name, "with" | "without", ..] if *name != "user" => *name,
        _ if is_without => "nobody",
        _ => "alice",
    };
    user(account, name, is_with.then_some("Allow"))
}

/// Makes the caller, and answers its keys.
pub(super) async fn make(bench: &Bench, caller: Option<&Json>) -> Result<Credentials, String> {
    let stated = stated(caller)?;
    let administrator = bench.administrator(&stated.account)?;
    let call =
        async |operation: &str, input: Json| bench.call_as(&administrator, operation, input).await;
    let statement = |effect: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": effect,
            "Action": "execute-api:Invoke", "Resource": "*"}]})
        .to_string()
    };
    if stated.is_expired {
        return expired_session(bench, &statement("Allow")).await;
    }
    call("iam:CreateUser", json!({"UserName": stated.user})).await?;
    if let Some(effect) = stated.effect {
        let policy = json!({"UserName": stated.user, "PolicyName": "invoke",
            "PolicyDocument": statement(effect)});
        call("iam:PutUserPolicy", policy).await?;
    }
    let made = call("iam:CreateAccessKey", json!({"UserName": stated.user})).await?;
    let key = made.get("AccessKey").unwrap_or(&made);
    credentials(key)
}

fn credentials(key: &Json) -> Result<Credentials, String> {
    let text = |name: &str| key.get(name).and_then(Json::as_str).map(str::to_owned);
    let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
        return Err(format!("no access key: {key}"));
    };
    Ok(Credentials {
        access_key_id: id,
        secret_access_key: Secret::new(secret),
        session_token: text("SessionToken").map(Secret::new),
    })
}

/// A session of a role whose time is over.
async fn expired_session(bench: &Bench, policy: &str) -> Result<Credentials, String> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "sts:AssumeRole"}]});
    let role = json!({"RoleName": "caller", "AssumeRolePolicyDocument": trust.to_string()});
    bench.call("iam:CreateRole", role).await?;
    let policy = json!({"RoleName": "caller", "PolicyName": "invoke", "PolicyDocument": policy});
    bench.call("iam:PutRolePolicy", policy).await?;
    let assumed = json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/caller"),
        "RoleSessionName": "caller", "DurationSeconds": 900});
    let session = bench.call("sts:AssumeRole", assumed).await?;
    let session = credentials(session.get("Credentials").unwrap_or(&session))?;
    let clock = bench.lab.clock();
    clock
        .advance_seconds(901)
        .await
        .map_err(|error| error.to_string())?;
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_told_in_words_or_members() {
        for (caller, expected) in [
            (
                json!("user with execute-api:Invoke on *"),
                Some((ACCOUNT, "alice", Some("Allow"))),
            ),
            (
                json!("user without policies"),
                Some((ACCOUNT, "nobody", None)),
            ),
            (
                json!("user bob with execute-api:Invoke on *"),
                Some((ACCOUNT, "bob", Some("Allow"))),
            ),
            (
                json!("bob without identity policy"),
                Some((ACCOUNT, "bob", None)),
            ),
            (
                json!("same-account user with an Allow"),
                Some((ACCOUNT, "same-account", Some("Allow"))),
            ),
            (
                json!("user of 222222222222 with an Allow"),
                Some(("222222222222", "alice", Some("Allow"))),
            ),
            (
                json!({"account": "1", "identityPolicy": "Deny"}),
                Some(("1", "alice", Some("Deny"))),
            ),
            (json!({"account": "1", "identityPolicy": "other"}), None),
            (json!("somebody"), None),
        ] {
            let found = stated(Some(&caller)).ok();
            let found = found
                .as_ref()
                .map(|it| (it.account.as_str(), it.user.as_str(), it.effect));
            let expected = expected.map(|(account, user, effect)| {
                (
                    account,
                    if user == "same-account" {
                        "alice"
                    } else {
                        user
                    },
                    effect,
                )
            });
            assert_eq!(found, expected, "{caller}");
        }
    }
}
