//! Users who are locked out after failed logins: who they are, and how they are let in again.

use serde_json::{Value, json};

use crate::field::Fields;
use crate::request::Call;
use crate::response::{Outcome, Response};
use crate::state::State;

pub(super) fn list(state: &mut State, call: &Call<'_>, fields: &Fields) -> Outcome {
    let mut locked = state.locked_users(call.now);
    let wanted = fields.text("mount_accessor");
    let mounts: Vec<Value> = if wanted.is_empty() {
        let locked = locked.iter();
        locked
            .map(|(accessor, users)| of_mount(accessor, Some(users)))
            .collect()
    } else {
        let users = locked.remove(&wanted);
        locked.clear();
        let shown = of_mount(&wanted, users.as_ref());
        locked.extend(users.map(|users| (wanted, users)));
        vec![shown]
    };
    let total: usize = locked.values().map(Vec::len).sum();
    Ok(Some(Response::data(json!({
        "by_namespace": [{
            "namespace_id": "root",
            "namespace_path": "",
            "counts": total,
            "mount_accessors": mounts,
        }],
        "total": total,
    }))))
}

fn of_mount(accessor: &str, users: Option<&Vec<String>>) -> Value {
    json!({
        "mount_accessor": accessor,
        "counts": users.map_or(0, Vec::len),
        "alias_identifiers": users,
    })
}

pub(super) fn unlock(state: &mut State, _: &Call<'_>, fields: &Fields) -> Outcome {
    state.unlock(
        &fields.text("mount_accessor"),
        &fields.text("alias_identifier"),
    );
    Ok(None)
}
