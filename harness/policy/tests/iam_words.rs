//! IAM's words for documents, over rows of our own: each use has its rules. The rows of
//! `golden/iam_words.json` (documents and messages of moto's tests) are of the table that `authlab-golden` runs.

use authlab_policy::words::{Use, read};

#[test]
fn each_use_of_a_document_has_rules_of_its_own() {
    let allow = |rest: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{rest}}}]}}"#)
    };
    let old = r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#.to_owned();
    let (managed, inline, trust, session) = (Use::Managed, Use::Inline, Use::Trust, Use::Session);
    let version = "Policy document must be version 2012-10-17 or greater.";
    let principal = "Policy document should not specify a principal.";
    let nobody = "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a statement with no principals!";
    let paths = "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.";
    let actions = "AssumeRole policy may only specify STS AssumeRole actions.";
    let rows: [(Use, String, Option<&str>); 20] = [
        (
            managed,
            "{\"Version\": \"2012-10-17\",}".to_owned(),
            Some("This policy contains invalid Json"),
        ),
        (
            trust,
            String::new(),
            Some("This policy contains invalid Json"),
        ),
        (managed, old.clone(), Some(version)),
        (inline, old.clone(), None),
        (session, old, None),
        (
            inline,
            allow(r#""Principal":"*","Action":"s3:*","Resource":"*""#),
            Some(principal),
        ),
        (
            session,
            allow(r#""NotPrincipal":{"AWS":"111111111111"},"Action":"s3:*","Resource":"*""#),
            Some(principal),
        ),
        (
            inline,
            allow(r#""Action":"s3:*""#),
            Some("Policy statement must contain resources."),
        ),
        (
            inline,
            allow(r#""Action":"s3:*","Resource":"arn:aws:iam::111111111111:*""#),
            None,
        ),
        (
            inline,
            allow(r#""Action":"s3:*","Resource":"arn:aws:iam::111111111111:rol*""#),
            Some(paths),
        ),
        (
            inline,
            allow(
                r#""Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":10}}"#,
            ),
            None,
        ),
        (
            trust,
            allow(r#""Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole""#),
            None,
        ),
        (
            trust,
            allow(
                r#""Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#,
            ),
            None,
        ),
        (
            trust,
            allow(r#""Principal":{"AWS":"111111111111"},"Action":"sts:BadAssumeRole""#),
            Some(actions),
        ),
        (
            trust,
            allow(
                r#""Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","s3:GetObject"]"#,
            ),
            Some(actions),
        ),
        (
            trust,
            allow(r#""Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole","Resource":"*""#),
            Some("Has prohibited field Resource."),
        ),
        (trust, allow(r#""Action":"sts:AssumeRole""#), Some(nobody)),
        (
            trust,
            allow(
                r#""Principal":{"AWS":"arn:aws:iam::111111111111:user/*"},"Action":"sts:AssumeRole""#,
            ),
            Some("Invalid principal in policy: \"AWS\":\"arn:aws:iam::111111111111:user/*\""),
        ),
        (
            trust,
            allow(r#""Principal":{"AWS":[{}]},"Action":"sts:AssumeRole""#),
            Some("Syntax errors in policy."),
        ),
        (
            trust,
            allow(
                r#""Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole","Condition":{"DateLessThan":{"aws:CurrentTime":"soon"}}"#,
            ),
            Some("The policy failed legacy parsing"),
        ),
    ];
    for (usage, text, expected) in rows {
        let answer = read(usage, &text);
        let said = answer.as_ref().err().map(|refused| refused.words.as_str());
        assert_eq!(said, expected, "{usage:?} {text}");
        if let Err(refused) = answer {
            assert!(!refused.why.is_empty(), "{text}");
        }
    }
}
