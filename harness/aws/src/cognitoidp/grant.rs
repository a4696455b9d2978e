//! What a pool remembers of those who logged in, and of those who are about to.

use authlab_kernel::{Secret, Timestamp};
use ring::digest;

use super::pool::Pool;

/// A login: what a refresh token stands for.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The app client.
    pub client: String,
    /// The user's key.
    pub user: String,
    /// The scopes of its access tokens.
    pub scopes: Vec<String>,
    /// Whether its tokens come with an ID token.
    pub has_id: bool,
    /// When the user logged in.
    pub auth_time: Timestamp,
    /// The name that all its tokens have in common.
    pub origin_jti: String,
    /// Until when it is good.
    pub expires: Timestamp,
    /// Whether it was revoked.
    pub is_revoked: bool,
}

/// A user who has to choose a new password.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The app client.
    pub client: String,
    /// The user's key.
    pub user: String,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// What an authorization code stands for.
#[derive(Clone, Debug)]
pub struct LoginCode {
    /// The app client.
    pub client: String,
    /// The user's key.
    pub user: String,
    /// Where the user was led back to.
    pub redirect_uri: String,
    /// The scopes that were asked for.
    pub scopes: Vec<String>,
    /// What the ID token repeats.
    pub nonce: Option<String>,
    /// The S256 challenge of PKCE.
    pub code_challenge: Option<String>,
    /// When the user logged in.
    pub auth_time: Timestamp,
    /// Until when it is good.
    pub expires: Timestamp,
}

/// Under which name a secret is kept.
pub fn key_of(secret: &str) -> String {
    let digest = digest::digest(&digest::SHA256, secret.as_bytes());
    let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    hex.collect()
}

impl Pool {
    /// Keeps a login under its refresh token; what is over is forgotten.
    pub fn keep_grant(&mut self, token: &Secret, grant: Grant, now: Timestamp) {
        self.grants.retain(|_, grant| grant.expires > now);
        self.grants.insert(key_of(token.expose_secret()), grant);
    }

    /// Keeps a challenge under its session.
    pub fn keep_challenge(&mut self, session: &Secret, challenge: Challenge, now: Timestamp) {
        // One that is over is told to be so for a while.
        let is_told = |expires: Timestamp| now.duration_since(expires).as_hours() < 1;
        self.challenges.retain(|_, it| is_told(it.expires));
        self.challenges
            .insert(key_of(session.expose_secret()), challenge);
    }

    /// Keeps what an authorization code stands for.
    pub fn keep_login_code(&mut self, code: &Secret, login: LoginCode, now: Timestamp) {
        self.login_codes.retain(|_, it| it.expires > now);
        self.login_codes.insert(key_of(code.expose_secret()), login);
    }

    /// Revokes every login of a user.
    pub fn sign_out(&mut self, user: &str) {
        for grant in self.grants.values_mut() {
            grant.is_revoked |= grant.user == user;
        }
    }

    /// Whether the login that a token comes from was revoked.
    pub fn is_revoked(&self, origin_jti: &str) -> bool {
        let mut grants = self.grants.values();
        grants.any(|grant| grant.is_revoked && grant.origin_jti == origin_jti)
    }
}
