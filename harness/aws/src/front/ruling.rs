//! What a refusal means in a lab, and in which generation of texts it is said.
//!
//! Nobody else knows either: who decides something asks [`FrontDoor::decide`] (or the
//! [`Desk`](super::Desk), which journals it too), shows what was decided, and goes by
//! [`Ruled::into_result`].

use authlab_kernel::Enforcement;
use authlab_policy::MessageStyle;
use authlab_wire::{Protocol, WireError};

use super::answer::access_denied;
use super::authorization::{
    ApiCall, Environment, Judged, Verdict, first_refused, judge, judge_api, judge_one,
};
use crate::cloud::Cloud;
use crate::operation::{Caller, Check, Refusal};

/// How a lab takes refusals and words them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ruling {
    pub(super) enforcement: Enforcement,
    pub(super) style: MessageStyle,
}

impl Ruling {
    /// Decides `checks` in order, each in full, up to and including the first that is refused.
    pub(super) fn decide(
        self,
        cloud: &Cloud,
        caller: &Caller,
        environment: &Environment,
        checks: &[Check],
    ) -> Ruled {
        let verdict = judge(cloud, caller, environment, checks);
        // The first refusal is the last that was decided.
        let refused = verdict.refusal().and(verdict.judged.len().checked_sub(1));
        let own = refused.and_then(|last| checks.get(last)?.refusal.clone().map(Box::new));
        Ruled {
            verdict,
            own,
            ruling: self,
        }
    }

    /// Decides a call of a route or method of an API.
    pub(super) fn decide_api(
        self,
        cloud: &Cloud,
        caller: &Caller,
        environment: &Environment,
        (check, api): (&Check, ApiCall),
    ) -> Ruled {
        Ruled {
            verdict: Verdict {
                judged: vec![judge_api(cloud, caller, environment, check, api)],
            },
            own: None,
            ruling: self,
        }
    }

    /// The same by the short answer: only what is refused is decided in full, and nothing is shown of
    /// what is allowed.
    pub(super) fn decide_briefly(
        self,
        cloud: &Cloud,
        caller: &Caller,
        environment: &Environment,
        checks: &[Check],
    ) -> Ruled {
        let refused = first_refused(cloud, caller, environment, checks);
        let judged = refused.map(|check| judge_one(cloud, caller, environment, check));
        Ruled {
            verdict: Verdict {
                judged: judged.into_iter().collect(),
            },
            own: refused.and_then(|check| check.refusal.clone().map(Box::new)),
            ruling: self,
        }
    }

    /// The same, where nothing is shown of a refusal that stands but which check it was.
    pub(super) fn decide_by_name<'c>(
        self,
        cloud: &Cloud,
        caller: &Caller,
        environment: &Environment,
        checks: &'c [Check],
    ) -> Brief<'c> {
        let refused = first_refused(cloud, caller, environment, checks);
        match (refused, self.enforcement) {
            (None, _) => Brief::Allowed,
            (Some(check), Enforcement::Enforce) => Brief::Refused(check),
            (Some(check), Enforcement::Audit) => {
                Brief::LetThrough(Box::new(judge_one(cloud, caller, environment, check)))
            }
        }
    }
}

/// What came out, for who shows as little as can be.
pub enum Brief<'c> {
    /// Every check allows.
    Allowed,
    /// The first that is refused.
    Refused(&'c Check),
    /// Something is refused and goes through, because the lab only watches.
    LetThrough(Box<Judged>),
}

/// What was decided, and what comes of it.
#[derive(Clone, Debug)]
pub struct Ruled {
    verdict: Verdict,
    /// What the refused check answers by itself.
    own: Option<Box<Refusal>>,
    ruling: Ruling,
}

impl Ruled {
    /// Every check that was decided.
    pub fn judged(&self) -> &[Judged] {
        &self.verdict.judged
    }

    /// The check that is refused, whether or not it goes through.
    pub fn refusal(&self) -> Option<&Judged> {
        self.verdict.refusal()
    }

    /// Whether something is refused and goes through, because the lab only watches.
    pub fn is_let_through(&self) -> bool {
        self.ruling.enforcement == Enforcement::Audit && self.refusal().is_some()
    }

    /// Whether the call may go on.
    ///
    /// # Errors
    /// What is refused and does not go through.
    pub fn into_result(self) -> Result<Permitted, Refused> {
        if self.is_let_through() {
            return Ok(Permitted::LetThrough);
        }
        let mut judged = self.verdict.judged.into_iter();
        match judged.find(|judged| !judged.decision.is_allowed()) {
            None => Ok(Permitted::Allowed),
            Some(judged) => Err(Refused {
                judged: Box::new(judged),
                own: self.own,
                style: self.ruling.style,
            }),
        }
    }
}

/// Why a call may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permitted {
    /// Nothing is refused.
    Allowed,
    /// Something is, and the lab only watches.
    LetThrough,
}

/// A refusal that stands.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What was asked and decided.
    pub judged: Box<Judged>,
    own: Option<Box<Refusal>>,
    style: MessageStyle,
}

impl Refused {
    /// AWS's sentence: `User: … is not authorized to perform: …`.
    pub fn sentence(&self) -> String {
        let Judged {
            request, decision, ..
        } = &*self.judged;
        decision.message(request, self.style)
    }

    /// What the caller is answered: AWS's sentence, or the check's own answer.
    pub fn answer(&self, protocol: Protocol) -> WireError {
        let Judged {
            request, decision, ..
        } = &*self.judged;
        let sentence = self.sentence();
        let own = self.own.as_ref();
        let own = own.and_then(|own| own.answer(decision.layer(), &request.action, &sentence));
        let error = own.unwrap_or_else(|| access_denied(protocol, sentence));
        match self.judged.denial() {
            Some(denial) => error.because(denial),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests;
