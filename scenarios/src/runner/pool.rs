//! Many cases at once, reported in order.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use super::{
    case::{Case, CaseResult},
    execute::{Bench, run_case},
    scenario::ScenarioWorld,
};

/// Runs the cases on `jobs` threads and hands over each result in the order of the cases, as soon
/// as all before it are there.
pub(crate) fn run_all<W: ScenarioWorld>(
    bench: &Arc<Bench<W>>,
    cases: &[Arc<Case>],
    jobs: NonZeroUsize,
    mut each: impl FnMut(CaseResult),
) {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.get().min(cases.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    if sender.send((index, run_case(bench, case))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let (mut waiting, mut due) = (BTreeMap::new(), 0);
        for (index, result) in receiver {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&due) {
                each(result);
                due += 1;
            }
        }
    });
}
