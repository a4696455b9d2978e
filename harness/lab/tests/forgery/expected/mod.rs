//! Which diagnosis each forged request has to get: a column is a way in, a row what several attacks get.
//!
//! Where two classes are right, `|` stands between them. Where an attack is not tried on a way in, the
//! column is empty. A check that breaks turns the diagnosis away from its row.
//!
//! - [`token`]: tokens, by the authorizer of the API, at STS and at Vault.
//! - [`signature`]: signatures, in the header and in the query. [`login`]: Vault's AWS login.

mod login;
mod signature;
mod token;

/// The classes by way in, and the attacks that get them.
type Row<const WAYS: usize> = ([&'static str; WAYS], &'static [&'static str]);

/// In place of a class: the listener turns the request away before anybody was asked, and nothing is diagnosed.
pub const NO_LINE: &str = "none";

/// The classes of which the diagnosis of this attack has to be one; empty where there is no such row.
pub fn classes(way: &str, attack: &str) -> impl Iterator<Item = &'static str> {
    let column = match way {
        // Of both kinds of API the same is said.
        "http-jwt" | "rest-jwt" => in_column(token::ROWS, 0, attack),
        "sts-web-id" => in_column(token::ROWS, 1, attack),
        "vault-jwt" => in_column(token::ROWS, 2, attack),
        "iam-header" => in_column(signature::ROWS, 0, attack),
        "iam-presign" => in_column(signature::ROWS, 1, attack),
        _ => in_column(login::ROWS, 0, attack),
    };
    column.into_iter().flat_map(|classes| classes.split('|'))
}

fn in_column<const WAYS: usize>(
    rows: &[Row<WAYS>],
    way: usize,
    attack: &str,
) -> Option<&'static str> {
    let mut of_attack = rows.iter().filter(|(_, attacks)| attacks.contains(&attack));
    let classes = of_attack.find_map(|(classes, _)| classes.get(way))?;
    Some(*classes)
}

/// How many cells the rows speak of.
pub fn count() -> usize {
    // What is tried on one kind of API is tried on the other.
    let of_api = token::ROWS
        .iter()
        .filter(|([first, ..], _)| !first.is_empty());
    let of_rest: usize = of_api.map(|(_, attacks)| attacks.len()).sum();
    of_rest + counted(token::ROWS) + counted(signature::ROWS) + counted(login::ROWS)
}

fn counted<const WAYS: usize>(rows: &[Row<WAYS>]) -> usize {
    let cells = rows.iter().map(|(classes, attacks)| {
        let tried = classes.iter().filter(|classes| !classes.is_empty());
        tried.count() * attacks.len()
    });
    cells.sum()
}
