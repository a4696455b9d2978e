//! REST APIs of API Gateway: the table `rest`.
//!
//! - [`vtl`]: what mapping templates print.
//! - [`case`]: a row of the other files.
//! - [`bench`]: the lab of one row, and calls of its control plane.
//! - [`document`]: a row's document, completed by what rows leave out; [`given`]: the API of it;
//!   [`plan`]: its keys and usage plans.
//! - [`function`], [`backend`]: what its API calls; [`caller`]: who calls it; [`token`]: with what.
//! - [`fact`]: rows that are facts about a setting, as requests.
//! - [`send`]: its requests; [`judge`]: what is compared.
//!
//! The files of the control plane are run by the tests of `authlab-aws` and are known by name here.

mod backend;
mod bench;
mod caller;
mod case;
mod document;
mod fact;
mod function;
mod given;
mod judge;
mod plan;
mod replay;
mod send;
mod token;
mod vtl;

#[cfg(test)]
mod round_trip;

use serde_json::Value;

use self::case::Case;
use crate::row::Row;

/// The files whose rows are requests to an API.
const DATA_PLANE: [&str; 9] = [
    "api-keys",
    "authorizers",
    "context-variables",
    "gateway-responses",
    "integrations",
    "lambda-proxy",
    "resource-policy",
    "routing",
    "validation",
];

/// The files that run elsewhere.
const ELSEWHERE: [&str; 2] = ["control-plane", "control-plane-recorded"];

/// Reads the rows of a file.
pub fn read(topic: &str, text: &str) -> Result<Vec<Row>, String> {
    let is_elsewhere = ELSEWHERE.contains(&topic);
    if topic != "vtl" && !is_elsewhere && !DATA_PLANE.contains(&topic) {
        return Err(format!(
            "no file of the table `rest` is called `{topic}`: it has `vtl`, `{}` and, run by the tests of \
             the control plane, `{}`",
            DATA_PLANE.join("`, `"),
            ELSEWHERE.join("`, `")
        ));
    }
    let rows: Vec<Value> =
        serde_json::from_str(text).map_err(|error| format!("no list of rows: {error}"))?;
    let rows = rows.into_iter().enumerate().map(|(at, row)| {
        let id = row.get("id").and_then(Value::as_str);
        let id = id.map_or_else(|| format!("row {}", at + 1), str::to_owned);
        if is_elsewhere {
            Row::waiting(id)
        } else if topic == "vtl" {
            vtl::row(id, row)
        } else {
            case_row(id, row)
        }
    });
    Ok(rows.collect())
}

fn case_row(id: String, row: Value) -> Row {
    let case: Case = match serde_json::from_value(row) {
        Ok(case) => case,
        Err(error) => return Row::wrong(id, format!("no row: {error}")),
    };
    let grade = case.grade.clone();
    Row::new(id, Some(&grade), move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => runtime.block_on(replay::run(&case)),
            Err(error) => vec![format!("no runtime: {error}")],
        }
    })
}
