//! The login. The order of the checks is the reference's, and every refusal is a 400.

use std::collections::BTreeMap;

use authlab_wire::sigv4;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Map, Value, json};

use super::arn::Principal;
use super::config::canonical_header;
use super::{Aws, AwsCaller, Client, Judged, Role, account, binding, judge, presigned, upstream};
use crate::auth::cidr;
use crate::duration;
use crate::evidence::{
    AwsLogin, AwsServerId, Because, BoundBy, Header, Proof, Reason, Sts, UnknownRole,
};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, Told};
use crate::token::{Auth, LoginAlias};

const SERVER_ID: &str = "X-Vault-AWS-IAM-Server-ID";

pub(super) fn login(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let instance = ["pkcs7", "identity", "signature"];
    let any_instance = instance.iter().any(|name| fields.has(name));
    let all_instance = fields.has("pkcs7") || (fields.has("identity") && fields.has("signature"));
    let iam = [
        "iam_http_request_method",
        "iam_request_url",
        "iam_request_body",
        "iam_request_headers",
    ];
    // A signed GET has no body.
    let get =
        fields.text("iam_http_request_method") == "GET" && call.flavour.rules().own_aws_method;
    let all_iam = iam
        .iter()
        .all(|name| fields.has(name) || (get && *name == "iam_request_body"));
    if any_instance && all_iam {
        return Err(Fault::answer(
            "supplied auth values for both ec2 and iam auth types",
        ));
    }
    if all_instance {
        return Err(instance_login(fields));
    }
    if !all_iam {
        return Err(
            Fault::answer("didn't supply required authentication values")
                .because(Reason::AwsValuesMissing),
        );
    }
    iam_login(method, call, fields)
}

/// Logins of the type `ec2`: malformed proofs are refused as the reference does, the others by name.
fn instance_login(fields: &Fields) -> Fault {
    let undecodable = |name: &str| fields.has(name) && STANDARD.decode(fields.text(name)).is_err();
    if undecodable("identity") {
        return Fault::answer("failed to base64 decode the instance identity document");
    }
    if undecodable("signature") {
        return Fault::answer(
            "failed to base64 decode the SHA256 RSA signature of the instance identity document",
        );
    }
    if fields.has("pkcs7") && STANDARD.decode(fields.text("pkcs7")).is_err() {
        return Fault::error("failed to decode the PEM encoded PKCS#7 signature")
            .because(Reason::InvalidRequest);
    }
    Fault::answer("logins of the auth type ec2 are not simulated: use the auth type iam")
        .with_status(501)
        .because(Reason::NotImplemented)
}

/// The signed request, read from the login.
struct Signed {
    method: Method,
    /// The headers that a presigned URL says are signed.
    presigned: Option<Vec<String>>,
    host: String,
    path: String,
    body: String,
    /// By the canonical form of the name.
    headers: BTreeMap<String, Vec<String>>,
}

fn decode(fields: &Fields, name: &str) -> Result<String, Fault> {
    let text = fields.text(name);
    if text.is_empty() {
        return Err(Fault::answer(format!("missing {name}")));
    }
    let bytes = STANDARD.decode(&text).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Fault::answer(format!("failed to base64 decode {name}")))
}

fn read_signed(call: &Call<'_>, fields: &Fields) -> Result<Signed, Fault> {
    let method = fields.text("iam_http_request_method");
    if method.is_empty() {
        return Err(Fault::answer("missing iam_http_request_method"));
    }
    // Vault takes a signed GET since 1.13 (hashicorp/vault#10961).
    let get = method == "GET" && call.flavour.rules().own_aws_method;
    if method != "POST" && !get {
        return Err(Fault::answer(
            "invalid iam_http_request_method; currently only 'POST' is supported",
        ));
    }
    let url = decode(fields, "iam_request_url")?;
    let presigned = if get { presigned::read(&url)? } else { None };
    let (host, path) = read_url(&url, get)?;
    let body = if get {
        presigned::check_no_body(fields)?
    } else {
        let body = decode(fields, "iam_request_body")?;
        check_body(&body)?;
        body
    };
    let given = fields.map("iam_request_headers");
    if given.is_empty() {
        return Err(Fault::answer("missing iam_request_headers"));
    }
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, values) in &given {
        let texts = values
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        headers
            .entry(canonical_header(name))
            .or_default()
            .extend(texts.map(str::to_owned));
    }
    if presigned.is_some() && headers.contains_key("Authorization") {
        // Two signatures: which of them STS would heed is not asked.
        return Err(Fault::answer("invalid request").because(Reason::AwsUrlQuery));
    }
    Ok(Signed {
        method: if get { Method::GET } else { Method::POST },
        presigned,
        host,
        path,
        body,
        headers,
    })
}

/// Host and path; the query of a signed GET stays with its path.
fn read_url(url: &str, get: bool) -> Result<(String, String), Fault> {
    let malformed = || Fault::answer("error parsing iam_request_url");
    if url.chars().any(|one| one.is_control()) || url.starts_with(':') {
        return Err(malformed());
    }
    let (before, query) = url
        .split_once('?')
        .map_or((url, ""), |(before, query)| (before, query));
    let forced = url.ends_with('?');
    if !query.is_empty() && !get {
        return Err(Fault::answer("invalid request").because(Reason::AwsUrlQuery));
    }
    let without_scheme = before.split_once("://").map(|(_, rest)| rest);
    let Some(rest) = without_scheme else {
        // Without a scheme the whole text is a path, and there is no host.
        let path = if get { url } else { before };
        return Ok((String::new(), path.to_owned()));
    };
    let (host, path) = match rest.split_once('/') {
        Some((host, path)) => (host, format!("/{path}")),
        None => (rest, String::new()),
    };
    // User information is no part of the host.
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let path = match (forced, query) {
        (true, _) => format!("{path}?"),
        (false, "") => path,
        (false, query) => format!("{path}?{query}"),
    };
    let broken_escape = presigned::percent_pairs(path.as_str()).is_err();
    if host.contains(' ') || broken_escape {
        return Err(malformed());
    }
    Ok((host.to_owned(), path))
}

fn check_body(body: &str) -> Result<(), Fault> {
    presigned::percent_pairs(body).map_err(|escape| {
        Fault::answer(format!("invalid URL escape {}", duration::quoted(&escape)))
    })?;
    let mut action = None;
    for (name, value) in url::form_urlencoded::parse(body.as_bytes()) {
        match name.as_ref() {
            "Action" if action.is_none() => action = Some(value.into_owned()),
            "Version" => {}
            _ => {
                return Err(
                    Fault::answer("iam request body is invalid").because(Reason::AwsBodyInvalid)
                );
            }
        }
    }
    if action.as_deref() != Some("GetCallerIdentity") {
        return Err(Fault::answer("iam request body is invalid").because(Reason::AwsBodyInvalid));
    }
    Ok(())
}

/// The header that ties a login to this Vault must be there, right, and signed.
fn check_server_id(client: &Client, request: &Signed) -> Result<(), Fault> {
    let headers = &request.headers;
    let wanted = &client.iam_server_id_header_value;
    if wanted.is_empty() {
        return Ok(());
    }
    let seen = headers
        .get(&canonical_header(SERVER_ID))
        .map(|values| values.join(","));
    let refuse = |why: String, signed_headers: Option<Vec<String>>| {
        let fault = Fault::answer(format!("error validating {SERVER_ID} header: {why}"));
        Err(fault
            .because(Reason::AwsServerId)
            .with_proof(Proof::AwsServerId(AwsServerId {
                expected_server_id: wanted.clone(),
                given_server_id: seen.clone().filter(|given| !given.is_empty()),
                signed_headers,
            })))
    };
    let given = headers.get(&canonical_header(SERVER_ID));
    let Some(given) = given.filter(|values| values.iter().any(|value| !value.is_empty())) else {
        return refuse(format!("missing header \"{SERVER_ID}\""), None);
    };
    let given = given.join(",");
    if given != *wanted {
        let (wanted, given) = (duration::quoted(wanted), duration::quoted(&given));
        return refuse(format!("expected {wanted} but got {given}"), None);
    }
    let authorizations = headers.get("Authorization").map(Vec::as_slice);
    let signed = match authorizations.unwrap_or_default() {
        [] => match &request.presigned {
            Some(signed) => signed.clone(),
            None => return refuse("missing Authorization header".to_owned(), Some(Vec::new())),
        },
        // The reading of STS itself: a header that it would read in another way proves nothing.
        [one] => sigv4::signed_headers(one).unwrap_or_default(),
        _ => Vec::new(),
    };
    let name = SERVER_ID.to_lowercase();
    if signed.contains(&name) {
        Ok(())
    } else {
        refuse("vault header wasn't signed".to_owned(), Some(signed))
    }
}

/// Headers of the signature that STS would heed must be known ones.
fn check_headers(client: &Client, headers: &BTreeMap<String, Vec<String>>) -> Result<(), Fault> {
    const KNOWN: [&str; 10] = [
        "X-Amz-Algorithm",
        "X-Amz-Content-Sha256",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Security-Token",
        "X-Amz-Signature",
        "X-Amz-Signedheaders",
        "X-Amz-User-Agent",
        "X-Amz-Expires",
        "X-Vault-Aws-Iam-Server-Id",
    ];
    let allowed = client
        .allowed_sts_header_values
        .as_deref()
        .unwrap_or_default();
    let wrong = headers.keys().find(|name| {
        name.starts_with("X-Amz-") && !KNOWN.contains(&name.as_str()) && !allowed.contains(name)
    });
    match wrong {
        Some(name) => Err(Fault::answer(format!("invalid request header: {name}"))
            .because(Reason::AwsHeader)
            .telling(Told::Because(Because::Header(Header {
                name: name.clone(),
                allowed: allowed.to_vec(),
            })))),
        None => Ok(()),
    }
}

fn iam_login(method: &mut Aws, call: &Call<'_>, fields: &Fields) -> Outcome {
    let signed = read_signed(call, fields)?;
    let client = method.client.clone().unwrap_or_default();
    check_server_id(&client, &signed)?;
    check_headers(&client, &signed.headers)?;
    let endpoint = endpoint_of(&client, &signed)?;
    let attempts = if client.max_retries < 0 {
        4
    } else {
        client.max_retries + 1
    };
    let target = (
        signed.method.clone(),
        signed.host.as_str(),
        signed.path.as_str(),
    );
    let caller = upstream::get_caller_identity(
        call,
        &endpoint,
        target,
        &signed.headers,
        &signed.body,
        attempts,
    )?;
    let caller = caller.map_err(|error| {
        let seen = Sts {
            host: signed.host.clone(),
            region: region_of(&signed),
            ..upstream::sts_seen(&endpoint, &error)
        };
        Fault::answer(format!("error making upstream request: {error}"))
            .because(Reason::AwsStsRefused)
            .telling(Told::Because(Because::Sts(seen)))
    })?;
    let principal = binding::principal(&caller).map_err(refused)?;
    let name = fields.text("role").to_lowercase();
    let name = if name.is_empty() {
        principal.name.to_lowercase()
    } else {
        name
    };
    let shown = Some(fields.text("role")).filter(|role| !role.is_empty());
    let shown = shown.unwrap_or_else(|| principal.name.clone());
    let Some(role) = method.roles.get(&name).cloned() else {
        let unknown = UnknownRole::of(&shown, method.roles.keys());
        return Err(Fault::answer(format!("entry for role {shown} not found"))
            .because(Reason::AwsRoleUnknown)
            .telling(Told::Because(Because::Role(unknown))));
    };
    if !cidr::contains(&role.params.bound_cidrs, call.peer_address()) {
        let bound = role.params.bound_cidrs.clone();
        return Err(Fault::denied("permission denied").not_bound(bound, BoundBy::Role));
    }
    let login = bound(method, call, &role, &shown, &caller, &principal)?;
    // A good login names the role in lower case, as it is kept.
    let login = AwsLogin {
        role: Some(name.clone()),
        ..login
    };
    let auth = answer(method, call, &name, &role, &caller, &principal);
    Ok(Some(Response {
        auth: Some(Box::new(auth)),
        proof: Some(proof(login)),
        ..Response::default()
    }))
}

fn refused(refused: binding::Refused) -> Fault {
    let fault = Fault::answer(refused.message).because(refused.reason);
    if refused.reason == Reason::AwsAuthType {
        return fault;
    }
    fault.with_proof(Proof::Aws(refused.login))
}

fn proof(login: AwsLogin) -> Proof {
    Proof::Aws(Box::new(login))
}

/// The Region of the scope that was signed, as it stands there.
fn region_of(signed: &Signed) -> Option<String> {
    let of_header = signed.headers.get("Authorization").and_then(|values| {
        let (_, rest) = values.first()?.split_once("Credential=")?;
        Some(rest.split(',').next()?.trim().to_owned())
    });
    let credential = of_header.or_else(|| presigned::credential(&signed.path));
    let region = credential
        .as_deref()
        .and_then(|one| one.split('/').nth(2))?;
    Some(region.to_owned())
}

/// Where the signed request is sent: the configured endpoint, or that of the Region which the client
/// signed for, where the configuration leaves it to the client.
fn endpoint_of(client: &Client, signed: &Signed) -> Result<String, Fault> {
    if !client.use_sts_region_from_client {
        let endpoint = upstream::first_given(
            &client.sts_endpoint,
            &client.endpoint,
            "https://sts.amazonaws.com",
        );
        return Ok(endpoint.to_owned());
    }
    let region = region_of(signed);
    // A Region becomes part of a host's name: nothing but the name of one gets there.
    let named = |region: &&str| {
        let parts: Vec<&str> = region.split('-').collect();
        let word =
            |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
        match parts.split_last() {
            Some((number, words)) if words.len() >= 2 => {
                number.len() == 1
                    && number.bytes().all(|byte| byte.is_ascii_digit())
                    && words.iter().all(word)
            }
            _ => false,
        }
    };
    match region.as_deref().filter(named) {
        Some(region) => Ok(format!("https://sts.{region}.amazonaws.com")),
        // The reference's text is not known here; unverified.
        None => {
            Err(Fault::answer("region missing from Authorization header")
                .because(Reason::AwsRegion))
        }
    }
}

/// What the role says of the caller; IAM is asked only where a wildcard decides.
fn bound(
    method: &mut Aws,
    call: &Call<'_>,
    role: &Role,
    name: &str,
    caller: &AwsCaller,
    principal: &Principal,
) -> Result<AwsLogin, Fault> {
    let known = match judge(role, name, caller, None).map_err(refused)? {
        Judged::Bound(login) => return Ok(login),
        Judged::WantsFullArn(_) => {
            full_arn(method, call, name, principal, binding::unique_id(caller))?
        }
    };
    match judge(role, name, caller, Some(&known)).map_err(refused)? {
        Judged::Bound(login) | Judged::WantsFullArn(login) => Ok(login),
    }
}

/// The full ARN, with its path: IAM is asked once, and the answer kept.
fn full_arn(
    method: &mut Aws,
    call: &Call<'_>,
    role: &str,
    principal: &Principal,
    unique_id: &str,
) -> Result<String, Fault> {
    if let Some(known) = method.full_arns.get(unique_id) {
        return Ok(known.clone());
    }
    let found = upstream::get_principal(method, call, principal)?.map_err(|error| {
        let kind = if principal.kind == "user" {
            "user"
        } else {
            "role"
        };
        Fault::answer(format!(
            "error looking up full ARN of entity {} when attempting login for role {}: error \
             fetching {kind} {}: {error}",
            principal.printed(),
            duration::quoted(role),
            duration::quoted(&principal.name)
        ))
        .because(Reason::AwsPrincipalUnresolved)
        .telling(account::told(
            method,
            &principal.canonical(),
            &principal.account,
            error,
        ))
    })?;
    method
        .full_arns
        .insert(unique_id.to_owned(), found.arn.clone());
    Ok(found.arn)
}

fn answer(
    method: &Aws,
    call: &Call<'_>,
    name: &str,
    role: &Role,
    caller: &AwsCaller,
    principal: &Principal,
) -> Auth {
    let unique_id = binding::unique_id(caller);
    let canonical = principal.canonical();
    let alias = match method.identity.iam_alias.as_str() {
        "unique_id" => unique_id.to_owned(),
        "canonical_arn" => canonical.clone(),
        "full_arn" => caller.arn.clone(),
        _ => role.role_id.clone(),
    };
    let facts = BTreeMap::from([
        ("account_id", principal.account.clone()),
        ("auth_type", "iam".to_owned()),
        ("canonical_arn", canonical.clone()),
        ("client_arn", caller.arn.clone()),
        ("client_user_id", unique_id.to_owned()),
        ("inferred_aws_region", String::new()),
        ("inferred_entity_id", String::new()),
        ("inferred_entity_type", String::new()),
    ]);
    let chosen = method.identity.iam_metadata.iter().filter_map(|field| {
        facts
            .get(field.as_str())
            .map(|value| (field.clone(), value.clone()))
    });
    let alias_metadata: BTreeMap<String, String> =
        chosen.filter(|(_, value)| !value.is_empty()).collect();
    let mut metadata = alias_metadata.clone();
    metadata.insert("role_id".to_owned(), role.role_id.clone());
    let internal = json!({
        "role": name,
        "canonical_arn": canonical,
        "client_user_id": unique_id,
    });
    Auth {
        display_name: principal.display_name(),
        metadata,
        alias: Some(LoginAlias {
            name: alias,
            metadata: alias_metadata,
        }),
        internal: internal.as_object().cloned().unwrap_or_else(Map::new),
        ..role.params.auth(call.peer_address())
    }
}
