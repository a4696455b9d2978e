//! MFA through the real clients: codes on the lab's clock, each refusal with its allowed twin.

use aws_sdk_iam::Client as Iam;
use aws_sdk_sts::Client as Sts;
use serde_json::json;

use crate::front::testing::{TestDoor, WORKLOAD, account, code, refusal};
use crate::iam::mfa;

const SERIAL: &str = "arn:aws:iam::222222222222:mfa/phone";
const WRONG: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code.";

struct Lab {
    door: TestDoor,
    root: Iam,
    /// The user `ada`, who may all; with MFA only, where a test says so.
    user: aws_config::SdkConfig,
}

async fn lab() -> Lab {
    let door = TestDoor::start(|_| {}).await;
    let root = Iam::new(&door.root(WORKLOAD));
    root.create_user().user_name("ada").send().await.unwrap();
    root.attach_user_policy()
        .user_name("ada")
        .policy_arn("arn:aws:iam::aws:policy/AdministratorAccess")
        .send()
        .await
        .unwrap();
    let key = root
        .create_access_key()
        .user_name("ada")
        .send()
        .await
        .unwrap();
    let key = key.access_key.unwrap();
    let user = door.sdk(&key.access_key_id, &key.secret_access_key, None);
    let made = root
        .create_virtual_mfa_device()
        .virtual_mfa_device_name("phone")
        .send()
        .await
        .unwrap();
    let device = made.virtual_mfa_device.unwrap();
    assert_eq!(device.serial_number(), SERIAL);
    let seed = device.base32_string_seed.unwrap().into_inner();
    assert_eq!(seed.len(), 64);
    Lab { door, root, user }
}

impl Lab {
    /// What the device shows so many half minutes from now.
    fn code(&self, steps: i64) -> String {
        let cloud = self.door.door.cloud();
        let device = cloud
            .shared
            .iam
            .mfa_device(&account(WORKLOAD), SERIAL)
            .unwrap();
        mfa::code(&device.seed, mfa::step_of(self.door.now()) + steps)
    }

    fn enable(
        &self,
        codes: [String; 2],
    ) -> aws_sdk_iam::operation::enable_mfa_device::builders::EnableMFADeviceFluentBuilder {
        let [first, second] = codes;
        self.root
            .enable_mfa_device()
            .user_name("ada")
            .serial_number(SERIAL)
            .authentication_code1(first)
            .authentication_code2(second)
    }

    async fn enabled(&self) {
        self.enable([self.code(-1), self.code(0)])
            .send()
            .await
            .unwrap();
        self.door.clock.advance_seconds(60).await.unwrap();
    }

    fn token(
        &self,
        code: &str,
    ) -> aws_sdk_sts::operation::get_session_token::builders::GetSessionTokenFluentBuilder {
        Sts::new(&self.user)
            .get_session_token()
            .serial_number(SERIAL)
            .token_code(code)
    }
}

#[tokio::test]
async fn a_device_is_enabled_by_two_codes_in_a_row_and_deleted_when_it_is_nobody_s() {
    let lab = lab().await;
    for codes in [
        ["000000".to_owned(), "000001".to_owned()],
        [lab.code(0), lab.code(0)],
        [lab.code(0), lab.code(-1)],
        [lab.code(-40), lab.code(-39)],
    ] {
        let (code, message) = refusal(lab.enable(codes.clone()).send().await);
        assert_eq!(code, "InvalidAuthenticationCode", "{codes:?}");
        assert_eq!(message, "Authentication code for device is not valid.");
    }
    lab.enabled().await;
    let listed = lab
        .root
        .list_mfa_devices()
        .user_name("ada")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.mfa_devices()[0].serial_number(), SERIAL);
    let delete = || lab.root.delete_virtual_mfa_device().serial_number(SERIAL);
    assert_eq!(code(delete().send().await), "DeleteConflict");
    let again = lab.enable([lab.code(0), lab.code(1)]).send().await;
    assert_eq!(code(again), "EntityAlreadyExists");
    let deactivate = || {
        lab.root
            .deactivate_mfa_device()
            .user_name("ada")
            .serial_number(SERIAL)
    };
    deactivate().send().await.unwrap();
    assert_eq!(code(deactivate().send().await), "NoSuchEntity");
    delete().send().await.unwrap();
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_time_only() {
    let lab = lab().await;
    let early = lab.code(0);
    assert_eq!(
        refusal(lab.token(&early).send().await).1,
        WRONG,
        "nobody's device"
    );
    lab.enabled().await;
    for (given, why) in [
        ("000000".to_owned(), "no code"),
        (early, "spent when it was enabled"),
        (lab.code(-2), "too old"),
        (lab.code(2), "too new"),
    ] {
        let (code, message) = refusal(lab.token(&given).send().await);
        assert_eq!(
            (code.as_str(), message.as_str()),
            ("AccessDenied", WRONG),
            "{why}"
        );
    }
    let now = lab.code(0);
    lab.token(&now).send().await.unwrap();
    assert_eq!(refusal(lab.token(&now).send().await).1, WRONG, "used");
    assert_eq!(lab.door.refusals(), ["answer: mfa-code"]);
    lab.door.clock.advance_seconds(30).await.unwrap();
    lab.token(&lab.code(0)).send().await.unwrap();

    let alone = Sts::new(&lab.user)
        .get_session_token()
        .serial_number(SERIAL);
    let (code, message) = refusal(alone.send().await);
    assert_eq!(code, "AccessDenied");
    assert!(message.contains("must provide both"), "{message}");
    let other = lab
        .token(&lab.code(1))
        .serial_number("arn:aws:iam::222222222222:mfa/none");
    assert_eq!(refusal(other.send().await).1, WRONG);
    let of_root = Sts::new(&lab.door.root(WORKLOAD)).get_session_token();
    let of_root = of_root.serial_number(SERIAL).token_code(lab.code(1));
    assert_eq!(refusal(of_root.send().await).1, WRONG, "another's device");
}

#[tokio::test]
async fn sessions_without_mfa_call_no_iam_and_conditions_see_presence_and_age() {
    let lab = lab().await;
    lab.enabled().await;
    let plain = Sts::new(&lab.user)
        .get_session_token()
        .send()
        .await
        .unwrap();
    let plain = lab.door.session(plain.credentials().unwrap());
    let with_mfa = lab.token(&lab.code(0)).send().await.unwrap();
    let with_mfa = lab.door.session(with_mfa.credentials().unwrap());
    let list = async |config: &aws_config::SdkConfig| Iam::new(config).list_roles().send().await;
    let (code, message) = refusal(list(&plain).await);
    assert_eq!(code, "InvalidClientTokenId");
    assert_eq!(
        message,
        "The security token included in the request is invalid."
    );
    list(&with_mfa).await.unwrap();
    // STS knows its own limits.
    let info = |config: &aws_config::SdkConfig| {
        Sts::new(config)
            .get_access_key_info()
            .access_key_id("AKIAIOSFODNN7EXAMPLE")
    };
    assert_eq!(
        crate::front::testing::code(info(&with_mfa).send().await),
        "AccessDenied"
    );
    Sts::new(&plain).get_caller_identity().send().await.unwrap();

    // A deny for everybody who proved no device in the last ten minutes.
    let deny = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Action": "iam:ListRoles", "Resource": "*",
        "Condition": {"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "600"}},
    }]});
    let put = lab
        .root
        .put_user_policy()
        .user_name("ada")
        .policy_name("fresh");
    put.policy_document(deny.to_string()).send().await.unwrap();
    list(&with_mfa).await.unwrap();
    lab.door.clock.advance_seconds(601).await.unwrap();
    assert_eq!(
        crate::front::testing::code(list(&with_mfa).await),
        "AccessDenied"
    );
}

#[tokio::test]
async fn a_role_that_asks_for_mfa_is_assumed_with_a_code_or_a_session_that_has_one() {
    let lab = lab().await;
    lab.enabled().await;
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": WORKLOAD}, "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    }]});
    let role = lab.root.create_role().role_name("safe");
    role.assume_role_policy_document(trust.to_string())
        .send()
        .await
        .unwrap();
    let ask = |config: &aws_config::SdkConfig| {
        Sts::new(config)
            .assume_role()
            .role_arn("arn:aws:iam::222222222222:role/safe")
            .role_session_name("session")
    };
    assert_eq!(code(ask(&lab.user).send().await), "AccessDenied");
    let wrong = ask(&lab.user).serial_number(SERIAL).token_code("000000");
    assert_eq!(
        refusal(wrong.send().await),
        ("AccessDenied".to_owned(), WRONG.to_owned())
    );
    let right = ask(&lab.user).serial_number(SERIAL).token_code(lab.code(0));
    right.send().await.unwrap();
    let again = ask(&lab.user).serial_number(SERIAL).token_code(lab.code(0));
    assert_eq!(refusal(again.send().await).1, WRONG);

    lab.door.clock.advance_seconds(30).await.unwrap();
    let plain = Sts::new(&lab.user)
        .get_session_token()
        .send()
        .await
        .unwrap();
    let plain = lab.door.session(plain.credentials().unwrap());
    assert_eq!(code(ask(&plain).send().await), "AccessDenied");
    let with_mfa = lab.token(&lab.code(0)).send().await.unwrap();
    let with_mfa = lab.door.session(with_mfa.credentials().unwrap());
    ask(&with_mfa).send().await.unwrap();
}

#[tokio::test]
async fn a_device_that_lies_off_is_found_again() {
    let lab = lab().await;
    lab.enabled().await;
    assert_eq!(refusal(lab.token(&lab.code(5)).send().await).1, WRONG);
    let resync = |codes: [String; 2]| {
        let [first, second] = codes;
        lab.root
            .resync_mfa_device()
            .user_name("ada")
            .serial_number(SERIAL)
            .authentication_code1(first)
            .authentication_code2(second)
    };
    let wrong = resync([lab.code(5), lab.code(5)]).send().await;
    assert_eq!(code(wrong), "InvalidAuthenticationCode");
    resync([lab.code(5), lab.code(6)]).send().await.unwrap();
    lab.door.clock.advance_seconds(30).await.unwrap();
    lab.token(&lab.code(6)).send().await.unwrap();
}

#[tokio::test]
async fn a_federated_session_may_what_both_sides_allow_and_nothing_of_iam() {
    let lab = lab().await;
    let sts = Sts::new(&lab.user);
    let allow = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": action, "Resource": "*",
        }]})
        .to_string()
    };
    let ask = |policy: Option<String>| sts.get_federation_token().name("ann").set_policy(policy);
    let session = async |policy: Option<String>| {
        let token = ask(policy).send().await.unwrap();
        let who = token.federated_user().unwrap();
        assert_eq!(who.arn(), "arn:aws:sts::222222222222:federated-user/ann");
        assert_eq!(who.federated_user_id(), "222222222222:ann");
        lab.door.session(token.credentials().unwrap())
    };
    let sinks = async |config: &aws_config::SdkConfig| {
        aws_sdk_oam::Client::new(config).list_sinks().send().await
    };
    let allowed = session(Some(allow("*"))).await;
    sinks(&allowed).await.unwrap();
    assert_eq!(
        code(sinks(&session(Some(allow("oam:GetSink"))).await).await),
        "AccessDeniedException"
    );
    assert_eq!(
        code(sinks(&session(None).await).await),
        "AccessDeniedException"
    );
    assert_eq!(
        code(Iam::new(&allowed).list_roles().send().await),
        "InvalidClientTokenId"
    );
    let me = Sts::new(&allowed)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(me.user_id(), Some("222222222222:ann"));
    let chained = Sts::new(&allowed).get_federation_token().name("bob");
    assert_eq!(
        refusal(chained.send().await).1,
        "Cannot call GetFederationToken with session credentials"
    );
    let malformed = ask(Some("{}".to_owned())).send().await;
    assert_eq!(code(malformed), "MalformedPolicyDocument");
}
