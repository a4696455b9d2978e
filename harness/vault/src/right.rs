//! What a caller has no right to, and what comes of that: the refusal, or, in a lab that only watches, an
//! event beside the answer.
//!
//! Whoever decides by policies or `sudo` asks here, so that nobody else knows what a refusal means.
//! Whether somebody is who they say (a token, a login, a wrapping token) is no such question.

use std::cell::RefCell;

use authlab_kernel::{Enforcement, LetThrough};

use crate::evidence::Reason;
use crate::response::{Fault, Refusal};

/// The rights of one request's caller, and what went through without.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    enforcement: Enforcement,
    let_through: RefCell<Vec<Refusal>>,
}

impl Rights {
    /// Those of a request that has just come.
    pub(crate) fn of_request(enforcement: Enforcement) -> Self {
        Self {
            enforcement,
            let_through: RefCell::default(),
        }
    }

    /// Says that a right is lacking.
    ///
    /// # Errors
    /// The refusal, where it is one. A handler that is run again refuses again: that counts once.
    pub(crate) fn lack(&self, fault: Fault) -> Result<(), Fault> {
        if self.enforcement == Enforcement::Enforce {
            return Err(fault);
        }
        let refusal = *fault.refusal();
        let mut let_through = self.let_through.borrow_mut();
        let is_same =
            |one: &Refusal| (one.reason, &one.message) == (refusal.reason, &refusal.message);
        if !let_through.iter().any(is_same) {
            let_through.push(refusal);
        }
        Ok(())
    }

    /// Asks for `sudo` on the request's path, beside what the path itself asks for.
    ///
    /// # Errors
    /// As [`Rights::lack`].
    pub(crate) fn sudo(&self, has_sudo: bool, to: &str) -> Result<(), Fault> {
        if has_sudo {
            return Ok(());
        }
        let text = format!("root or sudo privileges required to {to}");
        self.lack(Fault::invalid(text).because(Reason::SudoMissing))
    }

    /// Every refusal that went through, in its order, with why.
    pub(crate) fn let_through(&self) -> Vec<(Refusal, LetThrough)> {
        let let_through = self.let_through.borrow();
        let why = self.enforcement.let_through();
        why.map_or_else(Vec::new, |why| {
            let each = let_through.iter().cloned();
            each.map(|refusal| (refusal, why)).collect()
        })
    }
}
