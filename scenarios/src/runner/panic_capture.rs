//! Panics of a scenario's thread, with file and line, instead of on standard error.
//!
//! One hook for the process, installed once; a thread that does not capture panics as before.

use std::{cell::RefCell, panic, sync::Once};

/// A panic that was caught.
#[derive(Clone, Debug)]
pub(crate) struct Captured {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
}

thread_local! {
    static CAPTURED: RefCell<Option<Vec<Captured>>> = const { RefCell::new(None) };
}

/// Captures the panics of this thread from now on.
pub(crate) fn start() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let captured = Captured {
                message: info
                    .payload_as_str()
                    .unwrap_or("a panic without a message")
                    .to_owned(),
                location: info
                    .location()
                    .map(|location| format!("{}:{}", location.file(), location.line())),
            };
            if !keep(captured) {
                previous(info);
            }
        }));
    });
    CAPTURED.with_borrow_mut(|captured| *captured = Some(Vec::new()));
}

fn keep(panic: Captured) -> bool {
    let kept = CAPTURED.try_with(|captured| match captured.try_borrow_mut() {
        Ok(mut captured) => captured.as_mut().map(|list| list.push(panic)).is_some(),
        Err(_) => false,
    });
    kept.unwrap_or(false)
}

/// The last panic since the last call, if there was one.
pub(crate) fn take() -> Option<Captured> {
    CAPTURED.with_borrow_mut(|captured| {
        let list = captured.as_mut()?;
        let last = list.pop();
        list.clear();
        last
    })
}
