//! REST APIs of API Gateway: the table `rest`.
//!
//! - [`vtl`]: what mapping templates print.
//!
//! The other files of the table are known by name and not run yet: their rows are skipped and say so.

mod vtl;

use serde_json::Value;

use crate::row::Row;

/// The files that nothing runs yet.
const WAITING: [&str; 11] = [
    "api-keys",
    "authorizers",
    "context-variables",
    "control-plane",
    "control-plane-recorded",
    "gateway-responses",
    "integrations",
    "lambda-proxy",
    "resource-policy",
    "routing",
    "validation",
];

/// Reads the rows of a file.
pub fn read(topic: &str, text: &str) -> Result<Vec<Row>, String> {
    let is_waiting = WAITING.contains(&topic);
    if topic != "vtl" && !is_waiting {
        return Err(format!(
            "no file of the table `rest` is called `{topic}`: it has `vtl` and, not run yet, `{}`",
            WAITING.join("`, `")
        ));
    }
    let rows: Vec<Value> =
        serde_json::from_str(text).map_err(|error| format!("no list of rows: {error}"))?;
    let rows = rows.into_iter().enumerate().map(|(at, row)| {
        let id = row.get("id").and_then(Value::as_str);
        let id = id.map_or_else(|| format!("row {}", at + 1), str::to_owned);
        if is_waiting {
            Row::waiting(id)
        } else {
            vtl::row(id, row)
        }
    });
    Ok(rows.collect())
}
