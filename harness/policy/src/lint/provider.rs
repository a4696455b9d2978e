//! Token providers whose issuer many customers share, and what their subjects look like.
//!
//! Sources: IAM user guide, `id_roles_providers_oidc_secure-by-default.html`, for the providers that IAM
//! knows as shared and the claim that each wants; the providers' own documentation for the forms of
//! subjects.

use super::overlap::overlaps;

/// A provider.
#[derive(Debug)]
pub(super) struct Provider {
    /// The address of the issuer without scheme; with `/` or `.` at its end, the beginning of one.
    host: &'static str,
    /// The claim that tells customers, or workloads, apart.
    pub(super) claim: &'static str,
    /// Claims that do as well.
    others: &'static [&'static str],
    /// Who gets in without it.
    pub(super) everybody: &'static str,
    /// The forms of the claim's values; empty when nothing is known of them.
    forms: &'static [Form],
    /// Whether there are no other forms.
    is_closed: bool,
    /// A value as it should be.
    pub(super) example: &'static str,
}

/// `repo:OWNER/PROJECT:...`.
#[derive(Debug)]
struct Form {
    start: &'static str,
    owner_end: char,
    /// Where the project ends, for forms that name one after the owner.
    project_end: Option<char>,
}

/// What a value of the claim lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those it names.
    Named,
    /// Every project of one owner.
    Owner,
    /// Other customers as well.
    Everybody,
    /// Nobody: no token has such a value.
    Nobody,
}

const fn owner(start: &'static str, owner_end: char) -> Form {
    Form {
        start,
        owner_end,
        project_end: None,
    }
}

const fn project(start: &'static str, owner_end: char, project_end: char) -> Form {
    Form {
        start,
        owner_end,
        project_end: Some(project_end),
    }
}

/// GitHub's subjects may be made of other claims, in any order.
const GITHUB: [Form; 5] = [
    project("repo:", '/', ':'),
    project("repository:", '/', ':'),
    owner("repository_owner:", ':'),
    owner("repository_owner_id:", ':'),
    owner("job_workflow_ref:", '/'),
];

const ORGANIZATION: [Form; 1] = [owner("organization:", ':')];

const fn shared(
    host: &'static str,
    claim: &'static str,
    everybody: &'static str,
    forms: &'static [Form],
    example: &'static str,
) -> Provider {
    Provider {
        host,
        claim,
        others: &[],
        everybody,
        forms,
        is_closed: false,
        example,
    }
}

const fn closed(provider: Provider) -> Provider {
    Provider {
        is_closed: true,
        ..provider
    }
}

const fn or(provider: Provider, others: &'static [&'static str]) -> Provider {
    Provider { others, ..provider }
}

const GITHUB_EXAMPLE: &str = "repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH";
const GITHUB_CLAIMS: [&str; 5] = [
    "enterprise_id",
    "job_workflow_ref",
    "repository",
    "repository_id",
    "repository_owner_id",
];

const PROVIDERS: [Provider; 22] = [
    or(
        shared(
            "token.actions.githubusercontent.com",
            "sub",
            "every repository on GitHub",
            &GITHUB,
            GITHUB_EXAMPLE,
        ),
        &GITHUB_CLAIMS,
    ),
    or(
        shared(
            "token.actions.githubusercontent.com/",
            "sub",
            "every repository of the enterprise",
            &GITHUB,
            GITHUB_EXAMPLE,
        ),
        &GITHUB_CLAIMS,
    ),
    or(
        closed(shared(
            "gitlab.com",
            "sub",
            "every project on GitLab",
            &[project("project_path:", '/', ':')],
            "project_path:GROUP/PROJECT:ref_type:branch:ref:main",
        )),
        &["namespace_id", "project_id", "user_id", "user_login"],
    ),
    or(
        closed(shared(
            "agent.buildkite.com",
            "sub",
            "every organization of Buildkite",
            &ORGANIZATION,
            "organization:NAME:pipeline:PIPELINE:*",
        )),
        &["organization_id", "organization_slug", "pipeline_id"],
    ),
    closed(shared(
        "app.terraform.io",
        "sub",
        "every organization of HCP Terraform",
        &ORGANIZATION,
        "organization:NAME:project:PROJECT:workspace:WORKSPACE:run_phase:*",
    )),
    closed(shared(
        "oidc.eks.",
        "sub",
        "every service account of the cluster",
        &[owner("system:serviceaccount:", ':')],
        "system:serviceaccount:NAMESPACE:NAME",
    )),
    closed(shared(
        "oidc-eks.",
        "sub",
        "every service account of the cluster",
        &[owner("system:serviceaccount:", ':')],
        "system:serviceaccount:NAMESPACE:NAME",
    )),
    shared(
        "cognito-identity.amazonaws.com",
        "aud",
        "every identity pool of every account",
        &[],
        "REGION:ID-OF-THE-POOL",
    ),
    or(
        shared(
            "accounts.google.com",
            "aud",
            "every application that signs in with Google",
            &[],
            "CLIENT-ID.apps.googleusercontent.com",
        ),
        &["oaud", "sub", "google/organization_number"],
    ),
    or(
        shared(
            "graph.facebook.com",
            "app_id",
            "every application of Facebook",
            &[],
            "APP-ID",
        ),
        &["id"],
    ),
    or(
        shared(
            "www.amazon.com",
            "app_id",
            "every application of Login with Amazon",
            &[],
            "APP-ID",
        ),
        &["user_id"],
    ),
    or(
        shared(
            "oidc.vercel.com",
            "aud",
            "every team of Vercel",
            &[owner("https://vercel.com/", '/')],
            "https://vercel.com/TEAM",
        ),
        &["sub"],
    ),
    shared(
        "api.pulumi.com/oidc",
        "aud",
        "every organization of Pulumi Cloud",
        &[owner("aws:", ':')],
        "aws:ORGANIZATION",
    ),
    shared("sandboxes.cloud", "aud", "every customer", &[], "AUDIENCE"),
    of_subject("oidc.codefresh.io"),
    of_subject("studio.datachain.ai/api"),
    of_subject("oidc-configuration.audit-log.githubusercontent.com"),
    of_subject("vstoken.actions.githubusercontent.com"),
    of_subject("scalr.io"),
    of_subject("tokens.cloud.shisho.dev"),
    of_subject("proidc.upbound.io"),
    of_subject("rh-oidc.s3.us-east-1.amazonaws.com/"),
];

/// A shared provider of whose subjects no form is known here.
const fn of_subject(host: &'static str) -> Provider {
    shared(
        host,
        "sub",
        "every customer of the provider",
        &[],
        "THE-SUBJECT-OF-YOURS",
    )
}

/// The shared provider that an issuer is.
pub(super) fn find(issuer: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|known| {
        let is_beginning = known.host.ends_with(['/', '.']);
        issuer
            .get(..known.host.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(known.host))
            && (is_beginning || issuer.len() == known.host.len())
    })
}

impl Provider {
    /// Whether a condition on this claim tells customers apart.
    pub(super) fn is_told_by(&self, claim: &str) -> bool {
        claim.eq_ignore_ascii_case(self.claim)
            || self
                .others
                .iter()
                .any(|other| other.eq_ignore_ascii_case(claim))
    }

    /// Whether a text is a value of the claim by its form.
    pub(super) fn has_form(&self, value: &str) -> bool {
        self.forms.iter().any(|form| value.starts_with(form.start))
    }

    /// What a value of the claim lets in; `is_pattern`: `*` and `?` count.
    pub(super) fn reach(&self, value: &str, is_pattern: bool) -> Reach {
        let wild = |text: &str| is_pattern && text.contains(['*', '?']);
        if is_pattern && value.trim_matches(['*', '?']).is_empty() {
            return Reach::Everybody;
        }
        if self.forms.is_empty() || value.contains("${") {
            return Reach::Named;
        }
        let Some(form) = self.forms.iter().find(|form| value.starts_with(form.start)) else {
            let literal = value.split(['*', '?']).next().unwrap_or(value);
            let begins_one = |form: &Form| form.start.starts_with(literal);
            let could_be = |form: &Form| overlaps(value, &format!("{}*", form.start));
            return if wild(value) && self.forms.iter().any(begins_one) {
                Reach::Everybody
            } else if wild(value) && self.forms.iter().any(could_be) {
                Reach::Named
            } else if self.is_closed || !value.contains(':') {
                Reach::Nobody
            } else {
                Reach::Named
            };
        };
        let rest = value.strip_prefix(form.start).unwrap_or_default();
        form.reach(rest, &wild)
    }
}

impl Form {
    /// The same for what follows the beginning.
    fn reach(&self, rest: &str, wild: &dyn Fn(&str) -> bool) -> Reach {
        // Since 2026 GitHub appends ids, which nobody else can have: `OWNER@ID/PROJECT@ID`.
        let open = |part: &str| {
            let fixed = part.split('@').next().unwrap_or(part);
            wild(fixed) || fixed.is_empty()
        };
        let Some((owner, after)) = rest.split_once(self.owner_end) else {
            let needs_more = self.project_end.is_some() && !wild(rest);
            return match open(rest) {
                true => Reach::Everybody,
                false if needs_more => Reach::Nobody,
                false => Reach::Named,
            };
        };
        if open(owner) {
            return Reach::Everybody;
        }
        let Some(end) = self.project_end else {
            return Reach::Named;
        };
        match after.split_once(end) {
            // A subject always says more than the project.
            None if !wild(after) => Reach::Nobody,
            None => Reach::Owner,
            Some((project, _)) if open(project) => Reach::Owner,
            Some(_) => Reach::Named,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_reaches_those_it_names() {
        let (github, gitlab, eks) = (
            "token.actions.githubusercontent.com",
            "gitlab.com",
            "oidc.eks.eu-west-1.amazonaws.com/id/A1",
        );
        for (issuer, value, expected) in [
            (github, "repo:octo/app:ref:refs/heads/main", Reach::Named),
            (github, "repo:octo/app:*", Reach::Named),
            (github, "repo:octo@1/app@2:*", Reach::Named),
            (
                github,
                "repo:octo@*/app@*:ref:refs/heads/main",
                Reach::Named,
            ),
            (github, "repo:octo/*", Reach::Owner),
            (github, "repo:octo/app*", Reach::Owner),
            (github, "repo:octo/*:ref:refs/heads/main", Reach::Owner),
            (github, "repo:octo*/app:*", Reach::Everybody),
            (github, "repo:*", Reach::Everybody),
            (github, "repo:*/app:*", Reach::Everybody),
            (github, "re*", Reach::Everybody),
            (github, "*", Reach::Everybody),
            (github, "*:ref:refs/heads/main", Reach::Everybody),
            (github, "repo:octo/app", Reach::Nobody),
            (github, "octo/app", Reach::Nobody),
            (
                github,
                "environment:prod:repository_owner:octo",
                Reach::Named,
            ),
            (github, "repository_owner:octo", Reach::Named),
            (github, "repository_owner:*", Reach::Everybody),
            (
                gitlab,
                "project_path:g/p:ref_type:branch:ref:main",
                Reach::Named,
            ),
            (
                gitlab,
                "project_path:g/*:ref_type:branch:ref:main",
                Reach::Owner,
            ),
            (
                gitlab,
                "project_path:*:ref_type:branch:ref:main",
                Reach::Everybody,
            ),
            (gitlab, "repo:g/p:ref:refs/heads/main", Reach::Nobody),
            (eks, "system:serviceaccount:shop:api", Reach::Named),
            (eks, "system:serviceaccount:shop:*", Reach::Named),
            (eks, "system:serviceaccount:*:api", Reach::Everybody),
            (eks, "system:serviceaccount:*", Reach::Everybody),
            (eks, "shop:api", Reach::Nobody),
        ] {
            let provider = find(issuer).expect("a shared provider");
            assert_eq!(provider.reach(value, true), expected, "{value}");
        }
        let github = find(github).expect("a shared provider");
        assert_eq!(github.reach("repo:octo/app:*", false), Reach::Named);
        assert_eq!(github.reach("*", false), Reach::Nobody);
        assert!(find("auth.example.com").is_none());
        assert!(find("token.actions.githubusercontent.com.example").is_none());
    }
}
