//! User pools of Cognito by name.

/// The issuer of the tokens of a pool, `https://cognito-idp.REGION.amazonaws.com/POOL`, by the pool's ARN
/// (Cognito developer guide, `amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html`); nothing for
/// another ARN.
pub fn issuer_of(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let (start, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, _account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let pool = resource.strip_prefix("userpool/")?;
    let is_pool = start == "arn"
        && service == "cognito-idp"
        && !region.is_empty()
        && pool.strip_prefix(region)?.len() > 1
        && pool.strip_prefix(region)?.starts_with('_')
        && !pool.contains('/');
    is_pool.then(|| format!("https://cognito-idp.{region}.amazonaws.com/{pool}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_the_issuer_of_its_tokens() {
        let of = |rest: &str| issuer_of(&format!("arn:aws:cognito-idp:{rest}"));
        let issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AAAAAAAAA";
        for (arn, expected) in [
            (
                "us-east-1:111111111111:userpool/us-east-1_AAAAAAAAA",
                Some(issuer),
            ),
            ("us-east-1:111111111111:userpool/eu-west-1_AAAAAAAAA", None),
            ("us-east-1:111111111111:userpool/us-east-1_", None),
            ("us-east-1:111111111111:userpool/us-east-1_A/../x", None),
            (":111111111111:userpool/_A", None),
            ("us-east-1:111111111111:identitypool/x", None),
        ] {
            assert_eq!(of(arn).as_deref(), expected, "{arn}");
        }
        assert_eq!(issuer_of("userpool/us-east-1_A"), None);
    }
}
