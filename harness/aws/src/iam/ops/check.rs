//! What a call of IAM needs: the operation's own action, on the thing that it names (Service
//! Authorization Reference, AWS Identity and Access Management).

use authlab_policy::Principal;
use authlab_wire::{Value, WireError};

use super::super::{mfa, provider, role, service_linked};
use crate::cloud::Cloud;
use crate::operation::{Call, Check, Tags};

/// `iam:{operation}` on the role, user, policy or provider of the input.
pub(super) fn of(cloud: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    check_arns(input)?;
    let (resource, tags) = resource(cloud, call, input);
    let action = format!("iam:{}", call.operation);
    let mut check =
        Check::new(action, resource, call.account().clone()).resource_tags(&["aws", "iam"], &tags);
    if call.operation.starts_with("Attach") || call.operation.starts_with("Detach") {
        check = check.with("iam:PolicyARN", text("PolicyArn").unwrap_or_default());
    }
    if let Some(boundary) = boundary(cloud, call, input) {
        check = check.with("iam:PermissionsBoundary", boundary);
    }
    if call.operation.contains("ServiceSpecificCredential")
        && let Some(service) = text("ServiceName")
    {
        check = check.with("iam:ServiceSpecificCredentialServiceName", service);
    }
    if let Some(service) = text("AWSServiceName") {
        check = check.with("iam:AWSServiceName", service);
    }
    Ok(vec![check.request_tags(input)])
}

/// Whether a text can be an ARN at all: AWS says so before it looks at permissions or for the thing.
fn check_arns(input: &Value) -> Result<(), WireError> {
    let members = [
        "PolicyArn",
        "PermissionsBoundary",
        "OpenIDConnectProviderArn",
        "PolicySourceArn",
    ];
    let mut given = members
        .iter()
        .filter_map(|member| input.get(member).and_then(Value::as_text));
    let is_arn = |text: &str| text.starts_with("arn:") && text.splitn(6, ':').count() == 6;
    if given.all(is_arn) {
        return Ok(());
    }
    // Recorded on AWS, the two blanks too.
    let text = "Invalid ARN:  Could not be parsed!";
    Err(WireError::new(400, "ValidationError", text))
}

/// The boundary that `iam:PermissionsBoundary` shows: the one that is asked for, else the one that
/// the role or user has (Service Authorization Reference, AWS Identity and Access Management).
fn boundary<'c>(cloud: &'c Cloud, call: &Call, input: &'c Value) -> Option<&'c str> {
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    if let Some(asked) = text("PermissionsBoundary") {
        return Some(asked);
    }
    let shows = call.operation.starts_with("Attach")
        || call.operation.starts_with("Detach")
        || [
            "DeleteRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DeleteUserPermissionsBoundary",
            "DeleteUserPolicy",
            "GetRole",
            "PutRolePolicy",
            "PutUserPolicy",
            "UpdateAssumeRolePolicy",
            "UpdateRole",
            "UpdateRoleDescription",
        ]
        .contains(&call.operation);
    if !shows {
        return None;
    }
    let role = text("RoleName").and_then(|name| cloud.shared.iam.role(call.account(), name));
    let user = text("UserName").and_then(|name| cloud.shared.iam.user(call.account(), name));
    let grants = role
        .map(|role| &role.grants)
        .or(user.map(|user| &user.grants))?;
    grants.boundary.as_deref()
}

/// The operation's own action, and `iam:PassRole` on the role: it is passed to EC2.
pub(super) fn add_role_to_instance_profile(
    cloud: &Cloud,
    call: &Call,
    input: &Value,
) -> Result<Vec<Check>, WireError> {
    let mut checks = of(cloud, call, input)?;
    let name = input
        .get("RoleName")
        .and_then(Value::as_text)
        .unwrap_or_default();
    if let Some(role) = cloud.shared.iam.role(call.account(), name) {
        let passed = Check::new("iam:PassRole", role.arn.as_str(), call.account().clone())
            .with("iam:PassedToService", "ec2.amazonaws.com");
        checks.push(passed);
    }
    Ok(checks)
}

/// The ARN of what the input names, as it is or as it will be, and its tags.
fn resource(cloud: &Cloud, call: &Call, input: &Value) -> (String, Tags) {
    let account = call.account();
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    let path = text("Path").unwrap_or("/");
    if let Some(name) = text("InstanceProfileName") {
        return match cloud.shared.iam.instance_profile(account, name) {
            Ok(profile) => (profile.arn.clone(), profile.tags.clone()),
            Err(_) => (
                role::arn(account, "instance-profile", path, name),
                Tags::new(),
            ),
        };
    }
    if let Some(name) = text("ServerCertificateName") {
        return match cloud.shared.iam.server_certificate(account, name) {
            Ok(certificate) => (certificate.arn.clone(), certificate.tags.clone()),
            Err(_) => (
                role::arn(account, "server-certificate", path, name),
                Tags::new(),
            ),
        };
    }
    if let Some(name) = text("GroupName") {
        let arn = match cloud.shared.iam.group(account, name) {
            Ok(group) => group.arn.clone(),
            Err(_) => role::arn(account, "group", path, name),
        };
        return (arn, Tags::new());
    }
    if let Some(name) = text("VirtualMFADeviceName") {
        return (mfa::serial(account, path, name), Tags::new());
    }
    if let (Some(serial), None) = (text("SerialNumber"), about_user(call, input)) {
        let device = cloud.shared.iam.mfa_device(account, serial);
        let tags = device.map(|device| device.tags.clone()).unwrap_or_default();
        return (serial.to_owned(), tags);
    }
    if let Some(service) = text("AWSServiceName") {
        let arn = service_linked::role_arn(account, service, text("CustomSuffix"));
        return (arn, Tags::new());
    }
    if let Some(task) = text("DeletionTaskId") {
        let name = task.split('/').nth(3).unwrap_or_default();
        let service = task.split('/').nth(2).unwrap_or_default();
        let path = format!("{}{service}/", service_linked::PATH);
        return (role::arn(account, "role", &path, name), Tags::new());
    }
    if let Some(name) = text("RoleName") {
        return match cloud.shared.iam.role(account, name) {
            Some(role) => (role.arn.clone(), role.grants.tags.clone()),
            None => (role::arn(account, "role", path, name), Tags::new()),
        };
    }
    if let Some(name) = about_user(call, input).or_else(|| owner_of(cloud, call, input)) {
        return match cloud.shared.iam.user(account, name) {
            Some(user) => (user.arn.clone(), user.grants.tags.clone()),
            None => (role::arn(account, "user", path, name), Tags::new()),
        };
    }
    for member in ["PolicyArn", "OpenIDConnectProviderArn", "PolicySourceArn"] {
        if let Some(arn) = text(member) {
            return (arn.to_owned(), Tags::new());
        }
    }
    if let Some(name) = text("PolicyName") {
        return (role::arn(account, "policy", path, name), Tags::new());
    }
    if let Some(url) = text("Url") {
        return (provider::arn(account, url), Tags::new());
    }
    ("*".to_owned(), Tags::new())
}

/// The user that an operation is about: the named one, else the caller where it is about the caller
/// when it names nobody.
fn about_user<'c>(call: &'c Call, input: &'c Value) -> Option<&'c str> {
    input
        .get("UserName")
        .and_then(Value::as_text)
        .or_else(|| own_user_name(call))
}

/// The user whose key or credential is named by its id alone.
fn owner_of<'c>(cloud: &'c Cloud, call: &Call, input: &Value) -> Option<&'c str> {
    let text = |member: &str| input.get(member).and_then(Value::as_text);
    if call.operation == "GetAccessKeyLastUsed" {
        let (user, _) = cloud.shared.iam.access_key(text("AccessKeyId")?)?;
        return (user.account == *call.account()).then_some(user.name.as_str());
    }
    let id = text("ServiceSpecificCredentialId")?;
    cloud
        .shared
        .iam
        .user_of_service_credential(call.account(), id)
}

/// Operations on users and keys are about the caller when they name nobody.
fn own_user_name(call: &Call) -> Option<&str> {
    let about_caller = [
        "ChangePassword",
        "CreateLoginProfile",
        "DeactivateMFADevice",
        "DeleteLoginProfile",
        "DeleteSigningCertificate",
        "GetLoginProfile",
        "ListMFADevices",
        "ListServiceSpecificCredentials",
        "ListSigningCertificates",
        "UpdateSigningCertificate",
        "UploadSigningCertificate",
        "GetUser",
        "CreateAccessKey",
        "ListAccessKeys",
        "UpdateAccessKey",
        "DeleteAccessKey",
    ];
    match &call.caller.principal {
        Principal::User { name, .. } if about_caller.contains(&call.operation) => Some(name),
        _ => None,
    }
}
