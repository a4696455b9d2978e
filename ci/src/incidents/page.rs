//! The page that lists all incidents.

use std::fmt::Write as _;

use super::found::Reproduction;
use super::list::{Incident, Incidents};

/// What the families of incidents are about, in the order of the page.
const FAMILIES: [(&str, &str); 10] = [
    ("OIDC", "Tokens at the gateway"),
    ("APIGW", "API Gateway"),
    ("SIG", "Signature Version 4"),
    ("STS", "STS and IAM"),
    ("VLT", "Vault"),
    ("SM", "Secrets Manager"),
    ("OAM", "Observability Access Manager"),
    ("OBS", "Logs and traces"),
    ("BI", "Clients of a BI tool"),
    ("INC", "Reported from 2024 to 2026"),
];

/// The text of the page.
pub fn of(incidents: &Incidents, reproductions: &[Reproduction]) -> String {
    let mut text = String::from(
        "# Incidents\n\nBugs of authentication and authorization as they happened in production. A feature that \
         reproduces one shows what a client saw, the class that `authlab explain` finds, who can mend it and \
         how, and the same call once that is done.\n\n\
         Written by `cargo ci incidents` from `ci/incidents.toml` and the features tagged `@incident:ID`.\n\n",
    );
    let _infallible = writeln!(text, "{}", summary(incidents, reproductions));
    for (family, title) in FAMILIES {
        let _infallible = write!(
            text,
            "\n## {title}\n\n| id | what | reproduced, and explained as |\n|---|---|---|\n"
        );
        let of_family = incidents.all().iter().filter(|one| one.family() == family);
        for incident in of_family {
            let _infallible = writeln!(text, "{}", row(incident, reproductions));
        }
    }
    text
}

/// How many there are, and how many of them are reproduced.
pub fn summary(incidents: &Incidents, reproductions: &[Reproduction]) -> String {
    let is_reproduced = |incident: &&Incident| reproduced(incident, reproductions).next().is_some();
    let count = incidents.all().iter().filter(is_reproduced).count();
    let waiting = incidents.all().iter().filter(|one| !is_reproduced(one));
    let waiting = waiting.filter(|one| one.waits.is_some()).count();
    let all = incidents.all().len();
    format!(
        "{count} of {all} are reproduced and explained; {waiting} wait for what the lab does not have; \
         {} have no feature yet.",
        all - count - waiting
    )
}

fn reproduced<'r>(
    incident: &Incident,
    reproductions: &'r [Reproduction],
) -> impl Iterator<Item = &'r Reproduction> {
    let id = incident.id.clone();
    reproductions.iter().filter(move |found| found.id == id)
}

fn row(incident: &Incident, reproductions: &[Reproduction]) -> String {
    let found: Vec<String> = reproduced(incident, reproductions)
        .map(|found| {
            let file = found.file.strip_prefix("features/incidents");
            let file = file.unwrap_or(&found.file).display();
            let classes: Vec<_> = found
                .classes
                .iter()
                .map(|class| format!("`{class}`"))
                .collect();
            format!("[{file}]({file}): {}", classes.join(", "))
        })
        .collect();
    let state = if found.is_empty() {
        match &incident.waits {
            Some(waits) => format!("waits for: {waits}"),
            None => "no feature yet".to_owned(),
        }
    } else {
        let without = incident.without.as_ref();
        let without = without.map_or_else(String::new, |what| format!(" (without {what})"));
        format!("{}{without}", found.join("; "))
    };
    let title = incident.title.replace('|', "\\|");
    format!(
        "| {} | {title} | {} |",
        incident.id,
        state.replace('|', "\\|")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_page_says_of_each_what_it_is() {
        let incidents = Incidents::parse(
            r#"
            [[incident]]
            id = "OIDC-01"
            title = "a | b"
            without = "the backend"
            [[incident]]
            id = "OIDC-02"
            title = "c"
            waits = "TLS"
            [[incident]]
            id = "VLT-01"
            title = "d"
            "#,
        )
        .unwrap();
        let reproductions = [Reproduction {
            id: "OIDC-01".to_owned(),
            file: "features/incidents/oidc_01.feature".into(),
            classes: BTreeSet::from(["issuer-drift".to_owned()]),
            lacks: Vec::new(),
            steps: String::new(),
        }];
        let page = of(&incidents, &reproductions);
        for line in [
            "1 of 3 are reproduced and explained; 1 wait for what the lab does not have; 1 have no feature yet.",
            "| OIDC-01 | a \\| b | [oidc_01.feature](oidc_01.feature): `issuer-drift` (without the backend) |",
            "| OIDC-02 | c | waits for: TLS |",
            "| VLT-01 | d | no feature yet |",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
        let twice = "[[incident]]\nid = \"A-1\"\ntitle = \"\"\n".repeat(2);
        assert!(Incidents::parse(&twice).is_err());
    }
}
